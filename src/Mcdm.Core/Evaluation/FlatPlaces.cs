using Mcdm.Imaging;

namespace Mcdm.Evaluation;

/// <summary>The neighbourhoods that are flat (<see cref="Flatness"/>) in nearly all pictures of a set: where another set should have no grain.</summary>
public sealed class FlatPlaces
{
    /// <summary>Share of the pictures in which a place is flat, at least.</summary>
    public const double NearlyAll = 0.99;

    private FlatPlaces(int width, int height, IReadOnlyList<int> corners) => (Width, Height, Corners) = (width, height, corners);

    /// <summary>Columns of the set's pictures.</summary>
    public int Width { get; }

    /// <summary>Rows of the set's pictures.</summary>
    public int Height { get; }

    /// <summary>The upper left pixel of each place, counted row by row; at least one.</summary>
    public IReadOnlyList<int> Corners { get; }

    /// <summary>Counts picture by picture in how many of a set each place is flat.</summary>
    public sealed class Tally
    {
        private (int Width, int Height) _size;
        private int[] _flat = [];
        private int _pictures;
        private bool _isOfOneSize = true;

        /// <summary>Counts a picture.</summary>
        /// <param name="picture">The picture.</param>
        /// <param name="flat">Which of its neighbourhoods are flat, from <see cref="Flatness.Of"/>.</param>
        public void Add(Picture picture, bool[] flat)
        {
            if (_pictures++ == 0) { (_size, _flat) = ((picture.Width, picture.Height), new int[flat.Length]); }
            _isOfOneSize &= _size == (picture.Width, picture.Height);
            if (!_isOfOneSize) { return; }
            for (int i = 0; i < flat.Length; i++) { _flat[i] += flat[i] ? 1 : 0; }
        }

        /// <summary>The places that are flat in <see cref="NearlyAll"/> of the pictures; null where there is none, or where pictures differ in size.</summary>
        public FlatPlaces? Places()
        {
            int columns = _size.Width - Flatness.Side + 1;
            int[] corners = _isOfOneSize
                ? [.. Enumerable.Range(0, _flat.Length).Where(i => _flat[i] >= NearlyAll * _pictures).Select(i => i / columns * _size.Width + i % columns)]
                : [];
            return corners.Length == 0 ? null : new FlatPlaces(_size.Width, _size.Height, corners);
        }
    }
}
