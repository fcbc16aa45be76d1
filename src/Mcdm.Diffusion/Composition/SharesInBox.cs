namespace Mcdm.Diffusion.Composition;

/// <summary>
/// The κ in 0…1 that minimise <c>½ κᵀGκ − diag(G)ᵀκ</c>, exactly: G is a Gram matrix, so the problem is convex, and a hair on its diagonal (which leaves
/// orthogonal pushes at κ = 1) makes the answer one and the same whatever the order of the terms. Each κ is at a bound or free; what is wrong of that is
/// switched, the last such term first, until nothing is (Murty's rule, for bounds on both sides: Júdice and Pires 1992).
/// </summary>
internal static class SharesInBox
{
    /// <summary>The hair, as a share of each diagonal entry; products of float32 numbers are exact to less.</summary>
    private const double Hair = 1e-4;

    /// <summary>A push that is so small beside the largest (as a share of ‖d‖²) says nothing that could be shared.</summary>
    private const double Vanishing = 1e-12;

    /// <summary>How far beyond a bound, or against one, rounding may put a solution.</summary>
    private const double Tolerance = 1e-9;

    private enum Place : byte { Free, Lower, Upper }

    /// <summary>Solves for many places.</summary>
    /// <param name="gram">Of each place, G's lower triangle, row by row.</param>
    /// <param name="shares">Of each place, κ.</param>
    /// <param name="terms">N.</param>
    /// <param name="width">Places of a row, which start where their neighbour on the left ended.</param>
    public static void Solve(ReadOnlySpan<float> gram, Span<float> shares, int terms, int width)
    {
        int pairs = terms * (terms + 1) / 2;
        var solver = new Problem(terms);
        for (int place = 0; place < shares.Length / terms; place++)
        {
            if (place % width == 0) { solver.Forget(); }
            solver.Solve(gram.Slice(place * pairs, pairs), shares.Slice(place * terms, terms));
        }
    }

    /// <summary>One place after another, in the same memory.</summary>
    private sealed class Problem(int terms)
    {
        private readonly Place[] _places = new Place[terms];
        private readonly int[] _free = new int[terms];
        private readonly double[] _g = new double[terms * terms], _kappa = new double[terms], _rows = new double[terms * (terms + 1)];

        public void Forget() => Array.Clear(_places);

        public void Solve(ReadOnlySpan<float> triangle, Span<float> shares)
        {
            shares.Fill(1);
            // Where nothing is asked for, or what is asked for is no number, all stays.
            if (!Read(triangle)) { return; }
            int wrong;
            do
            {
                SolveFree();
                for (wrong = terms - 1; wrong >= 0; wrong--)
                {
                    var right = RightPlace(wrong);
                    if (right == _places[wrong]) { continue; }
                    _places[wrong] = right;
                    break;
                }
            }
            while (wrong >= 0);
            for (int i = 0; i < terms; i++) { shares[i] = (float)Math.Clamp(_kappa[i], 0, 1); }
        }

        /// <summary>G with a hair more on its diagonal; a push that vanishes beside the largest is made one that is orthogonal to all.</summary>
        private bool Read(ReadOnlySpan<float> triangle)
        {
            double largest = 0;
            for (int i = 0, at = 0; i < terms; i++)
            {
                for (int j = 0; j <= i; j++) { _g[i * terms + j] = _g[j * terms + i] = triangle[at++]; }
                largest = Math.Max(largest, _g[i * terms + i]);
            }
            if (!(largest > 0) || double.IsInfinity(largest)) { return false; }
            for (int i = 0; i < terms; i++)
            {
                if (_g[i * terms + i] > Vanishing * largest)
                {
                    _g[i * terms + i] *= 1 + Hair;
                    continue;
                }
                for (int j = 0; j < terms; j++) { _g[i * terms + j] = _g[j * terms + i] = 0; }
                _g[i * terms + i] = largest;
            }
            return true;
        }

        /// <summary>Where a κ belongs: a free one that left the box at the bound it passed; one at a bound that its slope pulls inwards, free.</summary>
        private Place RightPlace(int i)
        {
            if (_places[i] == Place.Free) { return _kappa[i] < -Tolerance ? Place.Lower : _kappa[i] > 1 + Tolerance ? Place.Upper : Place.Free; }
            double slope = -_g[i * terms + i];
            for (int j = 0; j < terms; j++) { slope += _g[i * terms + j] * _kappa[j]; }
            slope /= _g[i * terms + i];
            return (_places[i] == Place.Lower ? slope < -Tolerance : slope > Tolerance) ? Place.Free : _places[i];
        }

        /// <summary>
        /// The free κ, with the others at their bounds: <c>G_ff κ_f = diag(G)_f − G_fu 1</c>, by elimination (G is positive definite: no pivots).
        /// </summary>
        private void SolveFree()
        {
            int count = 0, wide = terms + 1;
            for (int i = 0; i < terms; i++)
            {
                if (_places[i] == Place.Free) { _free[count++] = i; }
                else { _kappa[i] = _places[i] == Place.Upper ? 1 : 0; }
            }
            for (int r = 0; r < count; r++)
            {
                int i = _free[r];
                double rest = _g[i * terms + i];
                for (int j = 0; j < terms; j++)
                {
                    if (_places[j] == Place.Upper) { rest -= _g[i * terms + j]; }
                }
                for (int c = 0; c < count; c++) { _rows[r * wide + c] = _g[i * terms + _free[c]]; }
                _rows[r * wide + count] = rest;
            }
            for (int p = 0; p < count; p++)
            {
                for (int r = p + 1; r < count; r++)
                {
                    double factor = _rows[r * wide + p] / _rows[p * wide + p];
                    for (int c = p + 1; c <= count; c++) { _rows[r * wide + c] -= factor * _rows[p * wide + c]; }
                }
            }
            for (int p = count - 1; p >= 0; p--)
            {
                double value = _rows[p * wide + count];
                for (int c = p + 1; c < count; c++) { value -= _rows[p * wide + c] * _kappa[_free[c]]; }
                _kappa[_free[p]] = value / _rows[p * wide + p];
            }
        }
    }
}
