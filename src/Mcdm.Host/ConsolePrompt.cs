using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace Mcdm.Host;

/// <summary>Asks the user: questions go to standard error, answers come line by line from standard input.</summary>
internal sealed class ConsolePrompt(Action<string> write)
{
    public static string ReadLine() =>
        Console.In.ReadLine() ?? throw new HostException("The command asks for input, and standard input has ended.");

    public SecureString ReadSecret()
    {
        SecureString secret = new();
        if (Console.IsInputRedirected)
        {
            foreach (char c in ReadLine()) { secret.AppendChar(c); }
            return secret;
        }
        for (ConsoleKeyInfo key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace && secret.Length > 0) { secret.RemoveAt(secret.Length - 1); }
            else if (!char.IsControl(key.KeyChar)) { secret.AppendChar(key.KeyChar); }
        }
        write(Environment.NewLine);
        return secret;
    }

    public Dictionary<string, PSObject> Fields(string caption, string message, Collection<FieldDescription> descriptions)
    {
        Heading(caption, message);
        Dictionary<string, PSObject> answers = [];
        foreach (FieldDescription field in descriptions)
        {
            write($"{field.Name}: ");
            Type type = Type.GetType(field.ParameterAssemblyFullName) ?? typeof(string);
            object answer = type == typeof(SecureString) ? ReadSecret() : ReadLine();
            answers[field.Name] = PSObject.AsPSObject(LanguagePrimitives.ConvertTo(answer, type, CultureInfo.CurrentCulture));
        }
        return answers;
    }

    public int Choice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Heading(caption, message);
        (string Key, string Label)[] offers = [.. choices.Select(choice => Offer(choice.Label))];
        string question = string.Join("  ", offers.Select(offer => $"[{offer.Key}] {offer.Label}"));
        string hint = defaultChoice >= 0 ? $" (default is \"{offers[defaultChoice].Key}\")" : "";
        while (true)
        {
            write($"{question}  [?] Help{hint}: ");
            string answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0) { return defaultChoice; }
            int index = Array.FindIndex(offers, offer => Same(offer.Key, answer) || Same(offer.Label, answer));
            if (index >= 0) { return index; }
            if (answer != "?") { continue; }
            for (int i = 0; i < offers.Length; i++) { write($"{offers[i].Key} - {choices[i].HelpMessage}{Environment.NewLine}"); }
        }
    }

    /// <summary>"Yes to &amp;All" is offered as "Yes to All", to be chosen with A.</summary>
    private static (string Key, string Label) Offer(string label)
    {
        int mark = label.IndexOf('&', StringComparison.Ordinal);
        string plain = label.Replace("&", "", StringComparison.Ordinal);
        return (mark >= 0 && mark + 1 < label.Length ? label[mark + 1].ToString().ToUpperInvariant() : plain, plain);
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.CurrentCultureIgnoreCase);

    private void Heading(string caption, string message)
    {
        foreach (string line in new[] { caption, message })
        {
            if (!string.IsNullOrEmpty(line)) { write(line + Environment.NewLine); }
        }
    }
}
