using IMDD.Testing;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>
/// A program in the place of the one that trains, for what is about processes and not about weights: it makes the shipped bundle, waits while a file
/// holds it, and stops with its standard input.
/// </summary>
internal sealed class TrainingScript
{
    private readonly string _control;

    public TrainingScript(TestDirectory directory)
    {
        _control = directory.File("control");
        Directory.CreateDirectory(_control);
        Path = directory.File("train.sh");
        var bundle = Repository.PathOf("edge", "IMDD.Edge.Agent", "bundles", "contrast");
        File.WriteAllText(Path, $$"""
            #!/bin/bash
            exec 3<&0
            (cat <&3 >/dev/null; kill -TERM $$) >/dev/null 2>&1 &
            leash=$!
            trap 'kill $leash 2>/dev/null' EXIT
            echo "$$ $*" >> '{{_control}}/calls'
            echo "step 3 of 10" >&2
            while [ -e '{{_control}}'/hold-$2 ]; do sleep 0.05; done
            if [ -e '{{_control}}'/fail-$2 ]; then echo 'imdd: no luck' >&2; exit 1; fi
            if [ $2 = edge ]; then
              while [ $# -gt 0 ]; do [ "$1" = --out ] && out=$2; shift; done
              mkdir -p "$out" && cp -r '{{bundle}}'/. "$out"/
              [ -e '{{_control}}'/beside ] && sed -i '1s/{/{"changedClasses":["dent"],/' "$out/manifest.json"
              echo '{"digest":"x"}'
            elif [ $2 = predict ]; then
              echo '{"lines":{"acme/ulm/paint/line2/cell3":{"failRate":{"dent":[0.1,0.3]},"anyFailRate":[0.1,0.4],"undecidedRate":[0,0.05],"frames":9} } }'
            else
              passed=true; [ -e '{{_control}}'/refuse ] && passed=false
              echo '{"passed":'$passed',"gates":[{"name":"recall@set","passed":'$passed',"value":0.9,"limit":0.8,"detail":"d"}],"new_classes":[{"class":"dent","pictures":3,"before":0,"after":0.8}]}'
            fi

            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public string Path { get; }

    /// <summary>Process and arguments of each call so far.</summary>
    public IReadOnlyList<(int Process, string Arguments)> Calls => !File.Exists(System.IO.Path.Combine(_control, "calls"))
        ? []
        : [.. File.ReadAllLines(System.IO.Path.Combine(_control, "calls")).Select(line => line.Split(' ', 2)).Select(parts => (int.Parse(parts[0]), parts[1]))];

    public void Set(string name) => File.WriteAllText(System.IO.Path.Combine(_control, name), "");

    public void Clear(string name) => File.Delete(System.IO.Path.Combine(_control, name));

    public static bool IsAlive(int process) => File.Exists($"/proc/{process}/stat") && !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
}
