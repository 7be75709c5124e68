using IMDD.Testing;

namespace IMDD.Cli.Tests.Quality;

/// <summary>A program in the trainer's place: it makes the shipped bundle for models, but for a row <c>line</c>, where it says what is no JSON; what it says of naming are no numbers.</summary>
internal sealed class BundleScript
{
    private readonly string _calls;

    public BundleScript(TestDirectory directory)
    {
        _calls = directory.File("calls");
        Path = directory.File("train.sh");
        File.WriteAllText(Path, $$"""
            #!/bin/bash
            echo "$*" >> '{{_calls}}'
            if [ "$2" = naming ]; then echo '{"naming_seen_name":"high"}'; exit; fi
            while [ $# -gt 0 ]; do [ "$1" = --out ] && out=$2; shift; done
            case "$out" in */line/*) echo 'what is no JSON'; exit;; esac
            mkdir -p "$out" && cp -r '{{Bundle}}'/. "$out"/
            echo '{"bundle_digest":"b","digest":"d","parent":null,"size":"small","step":2,"best_step":1,"cpu_minutes":0.1,"train_pictures":4,"validation_pictures":2,"split_ids":["s"],"draw_shares":[1]}'

            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public static string Bundle { get; } = Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast");

    public string Path { get; }

    /// <summary>Arguments of each call so far.</summary>
    public IReadOnlyList<string> Calls => File.Exists(_calls) ? File.ReadAllLines(_calls) : [];
}
