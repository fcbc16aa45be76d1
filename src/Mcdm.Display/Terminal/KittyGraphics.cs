using System.Text;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;

namespace Mcdm.Display.Terminal;

/// <summary>Draws by the kitty graphics protocol (sw.kovidgoyal.net/kitty/graphics-protocol).</summary>
public static class KittyGraphics
{
    /// <summary>The most base64 characters that one escape sequence may carry.</summary>
    public const int MaxChunk = 4096;

    /// <summary>Sends a picture as PNG and shows it at the cursor, which stays (C=1). The terminal is told not to answer (q=2).</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="columns">Columns that it fills.</param>
    /// <param name="rows">Rows that it fills.</param>
    /// <param name="id">A number by which to replace or delete it; null where it is there to stay.</param>
    public static string Encode(Picture picture, int columns, int rows, int? id = null)
    {
        string data = Convert.ToBase64String(PngFile.Encode(picture));
        var text = new StringBuilder();
        for (int at = 0; at < data.Length; at += MaxChunk)
        {
            int length = Math.Min(MaxChunk, data.Length - at);
            string more = at + length < data.Length ? "m=1" : "m=0";
            string keys = at > 0 ? more : $"a=T,f=100,t=d,q=2,C=1,c={columns},r={rows}{(id is null ? "" : $",i={id}")},{more}";
            text.Append("\e_G").Append(keys).Append(';').Append(data, at, length).Append("\e\\");
        }
        return text.ToString();
    }

    /// <summary>Takes a picture off the screen and out of the terminal's memory.</summary>
    public static string Delete(int id) => $"\e_Ga=d,d=I,i={id},q=2\e\\";
}
