using Mcdm.Modalities.Segment;
using Xunit;

namespace Mcdm.Core.Tests.Evaluation;

public sealed class IntersectionOverUnionTests
{
    private const byte Unknown = SegmentEncoder.Unknown;

    private static IntersectionOverUnion Of(byte[] found, byte[] wanted)
    {
        var overlap = new IntersectionOverUnion(3);
        overlap.Add(found, wanted);
        return overlap;
    }

    [Fact]
    public void Each_part_has_its_own_and_the_mean_is_over_those_wanted()
    {
        var overlap = Of([0, 0, 1, 1], [0, 1, 1, 1]);
        Assert.Equal((1.0 / 2, 2.0 / 3, null), (overlap.Of(0), overlap.Of(1), overlap.Of(2)));
        Assert.Equal((1.0 / 2 + 2.0 / 3) / 2, overlap.Mean());
    }

    [Fact]
    public void A_part_that_is_not_stated_is_not_judged_but_a_stated_one_may_not_grow_over_what_is_unknown()
    {
        Assert.Equal(1, Of([1, 1, 2, 0], [1, 1, Unknown, Unknown]).Mean());
        Assert.Equal(0.5, Of([1, 1, 1, 1], [1, 1, Unknown, Unknown]).Mean());
    }

    [Fact]
    public void Pixels_of_several_masks_add_up()
    {
        var overlap = Of([0, 0, 0, 1], [0, 0, 0, 1]);
        overlap.Add([1, 1, 1, 1], [0, 1, 1, 1]);
        Assert.Equal(4.0 / 5, overlap.Of(1));
    }

    [Fact]
    public void A_mask_that_states_nothing_has_no_mean() => Assert.Null(Of([0, 1], [Unknown, Unknown]).Mean());
}
