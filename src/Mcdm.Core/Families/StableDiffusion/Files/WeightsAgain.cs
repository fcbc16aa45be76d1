using Mcdm.Weights;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>Weights that are opened more than once, and must be the same each time.</summary>
/// <param name="path">The file or folder that they lie in.</param>
/// <param name="open">Opens them.</param>
internal sealed class WeightsAgain(string path, Func<IWeights> open)
{
    private readonly string _stamp = ModelFamily.StampOf(path);

    /// <summary>Opens them once more; the caller closes them.</summary>
    /// <exception cref="McdmException"><c>ModelChanged</c>: what lies there is not what it was at first.</exception>
    public IWeights Open() => ModelFamily.StampOf(path) == _stamp ? open()
        : throw new McdmException("ModelChanged", ErrorKind.InvalidData,
            $"'{path}' was changed or removed after the model was imported with -Offload, and is to be read again now; import the model again.");
}
