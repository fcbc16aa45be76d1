using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Experts;

/// <summary>What a record that names its tensors once can do with them.</summary>
public sealed class ExpertInputsTests
{
    private static UNetInputs Sentence(params long[] tokens) => new() { Tokens = tensor(tokens, [1, tokens.Length]) };

    private static long[] Tokens(ExpertInputs inputs) => ((UNetInputs)inputs).Tokens!.data<long>().ToArray();

    [Fact]
    public void Sentences_of_different_length_are_joined_with_padding_and_what_is_missing_stays_missing()
    {
        using var scope = NewDisposeScope();
        var joined = (UNetInputs)ExpertInputs.Join([Sentence(5, 6, 7), Sentence(8)]);
        Assert.Equal([5, 6, 7, 8, 0, 0], Tokens(joined));
        Assert.Equal(2, joined.Rows);
        Assert.Null(joined.Map);
    }

    [Fact]
    public void Maps_are_joined_row_by_row_and_must_have_one_size()
    {
        using var scope = NewDisposeScope();
        UNetInputs Map(int side) => new() { Map = ones(1, 2, side, side) };
        Assert.Equal([2, 2, 4, 4], ((UNetInputs)ExpertInputs.Join([Map(4), Map(4)])).Map!.shape);
        Assert.ThrowsAny<Exception>(() => ExpertInputs.Join([Map(4), Map(8)]));
        Assert.Throws<InvalidOperationException>(() => ExpertInputs.Join([Map(4), Sentence(1)]));
    }

    [Fact]
    public void Rows_are_chosen_and_inputs_that_serve_all_rows_stay()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([3, 1], Tokens(ExpertInputs.Join([Sentence(1), Sentence(2), Sentence(3)]).At(tensor(new long[] { 2, 0 }))));
        var one = Sentence(1);
        Assert.Same(one, one.At(tensor(new long[] { 0, 0 })));
    }

    [Fact]
    public void Inputs_of_several_experts_are_stacked_each_for_its_rows()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([1, 1, 2, 3], Tokens(ExpertInputs.Stack([Sentence(1), ExpertInputs.Join([Sentence(2), Sentence(3)])], [2, 2])!));
        Assert.Null(ExpertInputs.Stack([null, null], [1, 1]));
    }

    [Fact]
    public void Joined_inputs_are_their_own_and_disposing_leaves_nothing() => Assert.Equal(0, LiveTensors.LeftBy(() =>
    {
        using var sentence = Sentence(4);
        using (ExpertInputs.Join([sentence])) { }
        Assert.Equal([4], Tokens(sentence));
    }));
}
