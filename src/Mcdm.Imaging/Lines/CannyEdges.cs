using System.Buffers;
using System.Numerics;
using Mcdm.Imaging.Drawing;

namespace Mcdm.Imaging.Lines;

/// <summary>
/// Finds edges (Canny, "A Computational Approach to Edge Detection", 1986): blur, gradient, thin to the ridge of the gradient,
/// keep strong edges and the weak ones that continue them. The gradient is that of the colour channel where it is strongest,
/// so that borders between equally bright colours show.
/// </summary>
public static class CannyEdges
{
    /// <summary>Differences under this (in levels) are rounding, not shape.</summary>
    private const float Rounding = 0.01f;

    private enum Mark : byte
    {
        None,
        Weak,
        Edge,
    }

    /// <summary>Finds the edges of a picture; transparent pixels are seen on white.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="options">Blur and thresholds; <see cref="CannyOptions.Default"/> when left out.</param>
    /// <returns>width × height values, row by row: whether an edge runs through the pixel.</returns>
    /// <exception cref="McdmException"><c>CannyOptionsInvalid</c>: negative blur or threshold, or the low threshold over the high one.</exception>
    public static bool[] Find(Picture picture, CannyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        options ??= CannyOptions.Default;
        if (!(options.Sigma >= 0 && options.Sigma <= 100 && options.LowThreshold >= 0 && options.HighThreshold >= options.LowThreshold))
        {
            throw new McdmException("CannyOptionsInvalid", ErrorKind.InvalidArgument,
                $"Edges cannot be found with sigma {options.Sigma} and thresholds {options.LowThreshold} and {options.HighThreshold}; "
                + "sigma must be 0 to 100, and the thresholds 0 ≤ low ≤ high.");
        }

        int width = picture.Width, height = picture.Height, count = width * height;
        ArrayPool<float> pool = ArrayPool<float>.Shared;
        float[] plane = pool.Rent(count), scratch = pool.Rent(count), strength = pool.Rent(count);
        float[] gradientX = pool.Rent(count), gradientY = pool.Rent(count);
        try
        {
            Array.Clear(strength, 0, count);
            byte[] rgba = PictureResize.Flatten(picture).Rgba;
            float[] kernel = GaussianKernel(options.Sigma);
            for (int channel = 0; channel < 3; channel++)
            {
                for (int i = 0; i < count; i++)
                {
                    plane[i] = rgba[(4 * i) + channel];
                }

                Blur(plane, scratch, width, height, kernel);
                KeepStrongerGradient(plane, strength, gradientX, gradientY, width, height);
            }

            for (int i = 0; i < count; i++)
            {
                strength[i] = MathF.Sqrt(strength[i]);
            }

            Mark[] marks = Thin(strength, gradientX, gradientY, width, height, (float)options.LowThreshold, (float)options.HighThreshold);
            return FollowStrongEdges(marks, width, height);
        }
        finally
        {
            pool.Return(plane);
            pool.Return(scratch);
            pool.Return(strength);
            pool.Return(gradientX);
            pool.Return(gradientY);
        }
    }

    /// <summary>The right half of a Gaussian, its middle first, so that middle + 2 × the rest is one.</summary>
    private static float[] GaussianKernel(double sigma)
    {
        var half = new float[(int)Math.Ceiling(3 * sigma) + 1];
        double sum = 0;
        for (int i = 0; i < half.Length; i++)
        {
            half[i] = sigma == 0 ? 1 : (float)Math.Exp(-i * i / (2 * sigma * sigma));
            sum += i == 0 ? half[i] : 2 * half[i];
        }

        for (int i = 0; i < half.Length; i++)
        {
            half[i] = (float)(half[i] / sum);
        }

        return half;
    }

    /// <summary>Blurs rows into scratch, then columns back into plane; the border pixels go on outside.</summary>
    private static void Blur(float[] plane, float[] scratch, int width, int height, float[] kernel)
    {
        int radius = kernel.Length - 1;
        if (radius == 0)
        {
            return;
        }

        float[] padded = ArrayPool<float>.Shared.Rent(width + (2 * radius));
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = plane.AsSpan(y * width, width);
            padded.AsSpan(0, radius).Fill(row[0]);
            row.CopyTo(padded.AsSpan(radius));
            padded.AsSpan(radius + width, radius).Fill(row[^1]);

            Span<float> to = scratch.AsSpan(y * width, width);
            to.Clear();
            AddScaled(to, row, kernel[0] / 2, row);
            for (int i = 1; i <= radius; i++)
            {
                AddScaled(to, padded.AsSpan(radius - i, width), kernel[i], padded.AsSpan(radius + i, width));
            }
        }

        ArrayPool<float>.Shared.Return(padded);
        for (int y = 0; y < height; y++)
        {
            Span<float> to = plane.AsSpan(y * width, width);
            ReadOnlySpan<float> row = scratch.AsSpan(y * width, width);
            to.Clear();
            AddScaled(to, row, kernel[0] / 2, row);
            for (int i = 1; i <= radius; i++)
            {
                AddScaled(to, scratch.AsSpan(Math.Max(y - i, 0) * width, width), kernel[i],
                    scratch.AsSpan(Math.Min(y + i, height - 1) * width, width));
            }
        }
    }

    /// <summary>to += factor × (left + right).</summary>
    private static void AddScaled(Span<float> to, ReadOnlySpan<float> left, float factor, ReadOnlySpan<float> right)
    {
        int i = 0;
        for (; i <= to.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> sum = new Vector<float>(left[i..]) + new Vector<float>(right[i..]);
            (new Vector<float>(to[i..]) + (factor * sum)).CopyTo(to[i..]);
        }

        for (; i < to.Length; i++)
        {
            to[i] += factor * (left[i] + right[i]);
        }
    }

    /// <summary>
    /// Sobel, scaled so that a sharp step of n levels gives n. Kept where it beats the channels before; equal ones (up to
    /// rounding) must not take turns along a border. The strength is squared here.
    /// </summary>
    private static void KeepStrongerGradient(float[] plane, float[] squared, float[] gradientX, float[] gradientY, int width, int height)
    {
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> above = plane.AsSpan(Math.Max(y - 1, 0) * width, width);
            ReadOnlySpan<float> here = plane.AsSpan(y * width, width);
            ReadOnlySpan<float> below = plane.AsSpan(Math.Min(y + 1, height - 1) * width, width);
            for (int x = 0; x < width; x++)
            {
                int left = Math.Max(x - 1, 0), right = Math.Min(x + 1, width - 1), i = (y * width) + x;
                float dx = (above[right] - above[left] + (2 * (here[right] - here[left])) + below[right] - below[left]) / 4;
                float dy = (below[left] - above[left] + (2 * (below[x] - above[x])) + below[right] - above[right]) / 4;
                float length = (dx * dx) + (dy * dy);
                if (length > (squared[i] * 1.001f) + Rounding)
                {
                    (squared[i], gradientX[i], gradientY[i]) = (length, dx, dy);
                }
            }
        }
    }

    /// <summary>
    /// Keeps the pixels whose gradient is the largest along its own direction. Between two equal ones (a sharp step lies between
    /// two pixels) the left or upper one stays, so that the line is one pixel wide.
    /// </summary>
    private static Mark[] Thin(float[] strength, float[] gradientX, float[] gradientY, int width, int height, float low, float high)
    {
        const float Tan22 = 0.41421356f;
        var marks = new Mark[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int i = (y * width) + x;
                float length = strength[i];
                if (length < low || length <= Rounding)
                {
                    continue;
                }

                float dx = gradientX[i], dy = gradientY[i];
                (int stepX, int stepY) =
                    Math.Abs(dy) <= Tan22 * Math.Abs(dx) ? (1, 0)
                    : Math.Abs(dx) <= Tan22 * Math.Abs(dy) ? (0, 1)
                    : dx * dy > 0 ? (1, 1) : (-1, 1);
                if (length > At(x - stepX, y - stepY) + Rounding && length >= At(x + stepX, y + stepY) - Rounding)
                {
                    marks[i] = length >= high ? Mark.Edge : Mark.Weak;
                }
            }
        }

        return marks;

        float At(int x, int y) => (uint)x < (uint)width && (uint)y < (uint)height ? strength[(y * width) + x] : 0;
    }

    /// <summary>Strong pixels are edges, and weak ones that hang on them, through any of the eight neighbours.</summary>
    private static bool[] FollowStrongEdges(Mark[] marks, int width, int height)
    {
        var edges = new bool[marks.Length];
        var open = new Stack<int>();
        for (int start = 0; start < marks.Length; start++)
        {
            if (marks[start] != Mark.Edge || edges[start])
            {
                continue;
            }

            edges[start] = true;
            open.Push(start);
            while (open.TryPop(out int i))
            {
                int x = i % width, y = i / width;
                for (int nextY = Math.Max(y - 1, 0); nextY <= Math.Min(y + 1, height - 1); nextY++)
                {
                    for (int nextX = Math.Max(x - 1, 0); nextX <= Math.Min(x + 1, width - 1); nextX++)
                    {
                        int next = (nextY * width) + nextX;
                        if (marks[next] != Mark.None && !edges[next])
                        {
                            edges[next] = true;
                            open.Push(next);
                        }
                    }
                }
            }
        }

        return edges;
    }
}
