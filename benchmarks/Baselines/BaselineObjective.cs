using Mcdm.Datasets;
using Mcdm.Experts;
using Mcdm.Modalities;
using Mcdm.Modalities.Text;
using Mcdm.Training;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Baselines;

/// <summary>A training from parts and captions whose outcome is a <see cref="BaselinePack{TShape}"/>.</summary>
/// <typeparam name="TShape">Shape of its network.</typeparam>
/// <param name="pack">Where the outcome goes.</param>
/// <param name="dataset">Whose parts masks may state.</param>
/// <param name="items">The pictures whose captions the vocabulary is learnt from.</param>
/// <param name="options">How to train.</param>
internal abstract class BaselineObjective<TShape>(BaselinePack<TShape> pack, PictureDataset dataset, IEnumerable<DatasetItem> items, TrainingOptions options) : Objective
{
    protected TrainingOptions Options => options;

    protected IReadOnlyList<Part> Parts { get; } = dataset.Parts;

    protected IReadOnlyList<string> Vocabulary { get; } = SubwordTokenizer.LearnVocabulary(items.SelectMany(item => item.Captions), options.VocabularySize);

    /// <summary>Shape of the network that is trained.</summary>
    protected abstract TShape Shape { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Labels => Vocabulary.Concat(Parts.Select(part => part.ToString()));

    /// <inheritdoc/>
    public override string OtherLabels => "captions with another vocabulary or masks with other parts";

    /// <inheritdoc/>
    public override void Write(string folder, IEnumerable<(string Name, Tensor Tensor)> weights, TrainingSummary summary) => pack.Write(folder, Described(new BaselineDescription<TShape>
    {
        Format = pack.Format,
        ImageSize = options.ImageSize,
        Network = Shape,
        Parts = Parts,
        Vocabulary = Vocabulary,
        Training = summary,
    }), weights);

    /// <summary>Adds what not all baselines have.</summary>
    protected virtual BaselineDescription<TShape> Described(BaselineDescription<TShape> description) => description;
}
