using System.Globalization;
using System.Text;
using Mcdm.Host;

CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = new EnglishCulture();
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

HostArguments arguments;
try
{
    arguments = HostArguments.Parse(args);
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine();
    Console.Error.WriteLine(HostArguments.Usage);
    return ExitCode.Usage;
}
if (arguments.ShowHelp)
{
    Console.WriteLine(HostArguments.Usage);
    return ExitCode.Success;
}
return ScriptRunner.Run(arguments);
