using System.Diagnostics;

namespace Mcdm.Benchmarks.Peers;

/// <summary>The first embedded model, 64×64 and in pixels, which was made into an ONNX file once; it lies in git's history.</summary>
internal static class FirstPack
{
    private const string Commit = "c6ec467", Path = "module/models/Faces";

    /// <summary>Its folder, written into an ignored one where it is not there yet.</summary>
    /// <exception cref="InvalidOperationException">Git cannot read it.</exception>
    public static string Folder()
    {
        string folder = Repository.File("out/peers/faces");
        if (File.Exists(System.IO.Path.Combine(folder, "model.json"))) { return folder; }
        Directory.CreateDirectory(folder);
        // The description comes last: where it is, all else is.
        foreach (string file in Git($"ls-tree --name-only {Commit} {Path}/").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).OrderBy(file => file.EndsWith("model.json", StringComparison.Ordinal)))
        {
            File.WriteAllBytes(System.IO.Path.Combine(folder, System.IO.Path.GetFileName(file)), Git($"show {Commit}:{file}").Bytes);
        }
        return folder;
    }

    private static (byte[] Bytes, string Text) Git(string arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, WorkingDirectory = Repository.File(".") })!;
        using var output = new MemoryStream();
        git.StandardOutput.BaseStream.CopyTo(output);
        git.WaitForExit();
        return git.ExitCode == 0 ? (output.ToArray(), System.Text.Encoding.UTF8.GetString(output.ToArray())) : throw new InvalidOperationException($"'git {arguments}' ended with {git.ExitCode}; the first pack lies in the history of this repository.");
    }
}
