using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Makes a copy of libLibTorchSharp.so that loads on systems older than GCC 13 (Debian 12, Ubuntu 22.04).
/// One symbol alone asks for GLIBCXX_3.4.32: std::ios_base_library_init(), which sets up std::cout and is
/// a no-op once libtorch has done so. The copy imports std::chrono::steady_clock::now() in its place (no
/// arguments, an integer result nobody reads, already imported) and marks the version requirement weak.
/// It can go when TorchSharp is built on an older Linux again, as dotnet/TorchSharp issue 218 once had it.
/// </summary>
public class PatchLibTorchSharp : Task
{
    private const string Unavailable = "_ZSt21ios_base_library_initv";
    private const string Harmless = "_ZNSt6chrono3_V212steady_clock3nowEv";
    private const string UnavailableVersion = "GLIBCXX_3.4.32";
    private const int DynamicSymbols = 11, VersionIndex = 0x6fffffff, VersionNeeds = 0x6ffffffe;
    private const int SymbolSize = 24;
    private const ushort WeakVersion = 2;

    private byte[] elf;

    [Required] public string Source { get; set; }
    [Required] public string Destination { get; set; }

    public override bool Execute()
    {
        elf = File.ReadAllBytes(Source);
        var (symbols, symbolsSize, names) = Section(DynamicSymbols);
        var (versions, _, _) = Section(VersionIndex);
        var (needs, _, needNames) = Section(VersionNeeds);
        int unavailable = FindSymbol(symbols, symbolsSize, names, Unavailable);
        int harmless = FindSymbol(symbols, symbolsSize, names, Harmless);
        if (unavailable >= 0)
        {
            if (harmless < 0)
            {
                Log.LogError("{0} imports {1} but not {2}, so it cannot be made to load on older systems.", Source, Unavailable, Harmless);
                return false;
            }
            Array.Copy(elf, symbols + harmless * SymbolSize, elf, symbols + unavailable * SymbolSize, 4);
            Array.Copy(elf, versions + harmless * 2, elf, versions + unavailable * 2, 2);
            WeakenVersion(needs, needNames);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        File.WriteAllBytes(Destination, elf);
        return true;
    }

    private void WeakenVersion(int need, int names)
    {
        for (; ; need += Int32(need + 12))
        {
            int aux = need + Int32(need + 8);
            for (int i = 0; i < Int16(need + 2); i++, aux += Int32(aux + 12))
            {
                if (Text(names + Int32(aux + 8)) == UnavailableVersion)
                {
                    BitConverter.GetBytes((ushort)(Int16(aux + 4) | WeakVersion)).CopyTo(elf, aux + 4);
                }
            }
            if (Int32(need + 12) == 0) { return; }
        }
    }

    /// <summary>Offset and size of the first section of a type, and the offset of the string table it links to.</summary>
    private (int Offset, int Size, int Strings) Section(int type)
    {
        int header = (int)BitConverter.ToInt64(elf, 40), size = Int16(58), count = Int16(60);
        for (int i = 0; i < count; i++)
        {
            int section = header + i * size;
            if (Int32(section + 4) == type)
            {
                int strings = header + Int32(section + 40) * size;
                return (Int32(section + 24), Int32(section + 32), Int32(strings + 24));
            }
        }
        throw new InvalidDataException(Source + " has no ELF section of type " + type + ".");
    }

    private int FindSymbol(int symbols, int size, int names, string name)
    {
        for (int i = 0; i < size / SymbolSize; i++)
        {
            if (Text(names + Int32(symbols + i * SymbolSize)) == name) { return i; }
        }
        return -1;
    }

    private string Text(int offset) => Encoding.ASCII.GetString(elf, offset, Array.IndexOf(elf, (byte)0, offset) - offset);
    private int Int32(int offset) => BitConverter.ToInt32(elf, offset);
    private int Int16(int offset) => BitConverter.ToUInt16(elf, offset);
}
