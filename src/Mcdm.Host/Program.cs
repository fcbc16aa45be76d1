using System.Globalization;
using System.Text;
using Mcdm.Host;

CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = new EnglishCulture();
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

try
{
    HostArguments arguments = HostArguments.Parse(args);
    if (!arguments.ShowHelp) { return ScriptRunner.Run(arguments); }
    Console.WriteLine(HostArguments.Usage);
    return ExitCode.Success;
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine();
    Console.Error.WriteLine(HostArguments.Usage);
    return ExitCode.Usage;
}
