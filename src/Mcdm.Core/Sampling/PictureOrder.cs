namespace Mcdm.Sampling;

/// <summary>Hands pictures out in the order in which they were asked for, whatever order they are made in.</summary>
internal sealed class PictureOrder
{
    private readonly Dictionary<int, McdmImage?> _held = [];
    private int _next;

    /// <summary>Takes a picture.</summary>
    /// <param name="place">Its place among all that were asked for.</param>
    /// <param name="image">The picture; null for one that is not to be made.</param>
    public void Put(int place, McdmImage? image) => _held.Add(place, image);

    /// <summary>The pictures that no earlier one is missing for.</summary>
    public IReadOnlyList<McdmImage> Take()
    {
        var ready = new List<McdmImage>();
        for (; _held.Remove(_next, out var image); _next++)
        {
            if (image is not null) { ready.Add(image); }
        }
        return ready;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _held.Clear();
        _next = 0;
    }
}
