using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>Named tensors that a network is built of, wherever they are stored.</summary>
public interface IWeights : IDisposable
{
    /// <summary>Where they are from, for messages.</summary>
    string Path { get; }

    /// <summary>The strings that the file carries beside its tensors; empty where there are none.</summary>
    IReadOnlyDictionary<string, string> Metadata => NoMetadata.Strings;

    /// <summary>What was chosen of several things that the file holds, in a sentence each.</summary>
    IReadOnlyList<string> Notes => [];

    /// <summary>Their names, each once.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>The shape of a tensor, without reading it; empty for a scalar.</summary>
    /// <exception cref="McdmException">There is none of this name.</exception>
    IReadOnlyList<long> Shape(string name);

    /// <summary>The element type of a tensor, without reading it.</summary>
    /// <exception cref="McdmException">There is none of this name, or its type is not one that can be read.</exception>
    ScalarType DataType(string name);

    /// <summary>Reads one tensor: on the CPU, owned by the caller.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dataType">Element type to convert to; the stored one where null.</param>
    /// <exception cref="McdmException">There is none of this name, or it cannot be read.</exception>
    Tensor Read(string name, ScalarType? dataType = null);
}

/// <summary>A file that says nothing beside its tensors.</summary>
internal static class NoMetadata
{
    /// <summary>No string.</summary>
    public static IReadOnlyDictionary<string, string> Strings { get; } = new Dictionary<string, string>();
}
