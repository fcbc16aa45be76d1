using System.Text;
using System.Xml;
using Mcdm.Help;

// Mcdm.Help PAGES ASSEMBLY OUTPUT: writes the help of an assembly's cmdlets and the about_ topics from pages of Markdown.
if (args is not [string pages, string assembly, string output])
{
    Console.Error.WriteLine("Usage: Mcdm.Help <folder of Markdown pages> <cmdlet assembly> <output folder>");
    return 2;
}
try
{
    Directory.CreateDirectory(output);
    var help = MamlWriter.Write(CommandSurface.ReadAll(Path.GetFullPath(assembly)), CommandPageReader.ReadAll(pages));
    var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    using (var writer = XmlWriter.Create(Path.Combine(output, Path.GetFileName(assembly) + "-Help.xml"), new XmlWriterSettings { Indent = true, Encoding = utf8, NewLineChars = "\n" }))
    {
        help.Save(writer);
    }
    foreach (string topic in Directory.EnumerateFiles(pages, "about_*.md"))
    {
        File.WriteAllText(Path.Combine(output, Path.GetFileNameWithoutExtension(topic) + ".help.txt"), TopicWriter.Write(topic), utf8);
    }
    return 0;
}
catch (HelpException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
