using System.Collections.Concurrent;
using System.Reflection;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Mcdm;

/// <summary>
/// Runs the tests of the assembly that it is compiled into and ends with 'N passed, N failed, N skipped'. Arguments: a file of tests that are left out, each line
/// a part of their names, a tab and the reason; then parts of names, of which one must be in a test's.
/// </summary>
internal static class TestProgram
{
    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(30);

    public static int Main(string[] arguments)
    {
        var leftOut = File.ReadLines(arguments[0]).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t')).ToList();
        var assembly = Assembly.GetExecutingAssembly();
        using var framework = new XunitTestFramework(new Sink(_ => { }));
        var cases = Find(framework, assembly).Where(test => arguments.Length == 1 || arguments.Skip(1).Any(part => Has(test, part))).ToList();
        int skipped = 0;
        var run = new List<IXunitTestCase>();
        foreach (var test in cases)
        {
            if (leftOut.Find(line => Has(test, line[0])) is { } line)
            {
                skipped++;
                Console.WriteLine($"SKIP {test.DisplayName}: {line[1]}");
            }
            else
            {
                run.Add(test);
            }
        }
        var (passed, failed, others) = Run(framework, assembly, run);
        Console.WriteLine($"{passed} passed, {failed} failed, {skipped + others} skipped");
        return failed > 0 ? 1 : 0;
    }

    private static bool Has(ITestCase test, string part) => test.DisplayName.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static List<IXunitTestCase> Find(XunitTestFramework framework, Assembly assembly)
    {
        var cases = new List<IXunitTestCase>();
        using var found = new ManualResetEventSlim();
        using var discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        discoverer.Find(includeSourceInformation: false, new Sink(message =>
        {
            if (message is ITestCaseDiscoveryMessage { TestCase: IXunitTestCase test }) { cases.Add(test); }
            if (message is IDiscoveryCompleteMessage) { found.Set(); }
        }), new Options());
        found.Wait();
        return cases;
    }

    /// <summary>
    /// Runs tests, each collection on a thread of its own: under Wine 8 no destructor runs when libtorch throws, and autograd then stays off on that thread.
    /// </summary>
    private static (int Passed, int Failed, int Skipped) Run(XunitTestFramework framework, Assembly assembly, List<IXunitTestCase> cases)
    {
        int passed = 0, failed = 0, skipped = 0;
        var running = new ConcurrentDictionary<string, bool>();
        using var said = new AutoResetEvent(false);
        using var done = new AutoResetEvent(false);
        using var executor = framework.GetExecutor(assembly.GetName());
        foreach (var collection in cases.GroupBy(test => test.TestMethod.TestClass.TestCollection.UniqueID))
        {
            new Thread(() => executor.RunTests(collection, new Sink(See), new Options())) { IsBackground = true }.Start();
            while (WaitHandle.WaitAny([done, said], s_silence) is var which && which != 0)
            {
                if (which != WaitHandle.WaitTimeout) { continue; }
                foreach (string name in running.Keys) { Console.WriteLine($"FAIL {name}\n  It did not end."); }
                return (passed, failed + Math.Max(1, running.Count), skipped);
            }
            Console.WriteLine($"So far: {passed} passed, {failed} failed, {skipped} skipped");
        }
        return (passed, failed, skipped);

        void See(IMessageSinkMessage message)
        {
            switch (message)
            {
                case ITestStarting test: running[test.Test.DisplayName] = true; break;
                case ITestFinished test: running.TryRemove(test.Test.DisplayName, out _); break;
                case ITestPassed: Interlocked.Increment(ref passed); break;
                case ITestSkipped test:
                    Interlocked.Increment(ref skipped);
                    Console.WriteLine($"SKIP {test.Test.DisplayName}: {test.Reason}");
                    break;
                case ITestFailed test: Fails(test.Test.DisplayName, test); break;
                case ITestAssemblyFinished: done.Set(); return;
                case IFailureInformation failure: Fails(message.GetType().Name, failure); break;
            }
            said.Set();
        }

        void Fails(string name, IFailureInformation failure)
        {
            Interlocked.Increment(ref failed);
            Console.WriteLine($"FAIL {name}\n  {string.Join("\n  ", failure.Messages)}\n{string.Join('\n', failure.StackTraces.Where(trace => trace is not null))}");
        }
    }

    /// <summary>The usual ones.</summary>
    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = [];

        public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out object? value) ? (TValue)value! : default!;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }

    private sealed class Sink(Action<IMessageSinkMessage> see) : IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message)
        {
            see(message);
            return true;
        }
    }
}
