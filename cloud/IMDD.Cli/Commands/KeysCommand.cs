using System.CommandLine;
using System.Globalization;
using IMDD.Cli.Keys;
using IMDD.Cli.Models;
using IMDD.Cli.Output;
using IMDD.Contracts.Events;
using IMDD.Contracts.Models;
using IMDD.Contracts.Registry;
using IMDD.Hosting;
using IMDD.Inference.Signing;

namespace IMDD.Cli.Commands;

/// <summary><c>imdd keys</c>: root keys, release keys, and the documents that say which are good.</summary>
internal static class KeysCommand
{
    private const string RootRole = "root";
    private const string ReleaseRole = "release";
    private const int DefaultDays = 365;

    public static Command Create() => new("keys", "Root keys and release keys: a root document, signed by the root keys, says which release keys agents take.")
    {
        Init(),
        Show(),
        RotateRelease(),
        RotateRoot(),
        Revoke(),
        Renew(),
        Publish(),
    };

    private static Command Init()
    {
        Option<int> rootKeys = new("--root-keys") { Description = "Number of root keys.", DefaultValueFactory = _ => 1 };
        Option<int> threshold = new("--root-threshold") { Description = "How many of them must sign a root document.", DefaultValueFactory = _ => 1 };
        var release = ReleaseFile("Public release key to list instead of a new one, such as a registry's release.key.pub.");
        var days = Days();
        return Verb("init", "Makes root keys, a release key and the first root document. Keep the root keys off line afterwards.", [rootKeys, threshold, release, days], (parsed, folder) =>
        {
            if (folder.Newest() is { } present)
            {
                throw new CommandFailedException($"{folder.Path} has root document {present.Document.Version} already: expected none.");
            }

            var (count, least) = (parsed.GetValue(rootKeys), parsed.GetValue(threshold));
            if (count is < 1 or > 8 || least < 1 || least > count)
            {
                throw new CommandFailedException($"--root-keys is {count} and --root-threshold {least}: expected 1 to 8 keys, and 1 to as many.");
            }

            var listed = Listed(parsed.GetValue(release));
            List<(PrivateKey Key, string File)> made = [];
            try
            {
                made.AddRange(Enumerable.Range(0, count).Select(_ => folder.Create(RootRole)));
                var roots = made.Select(key => key.Key).ToList();
                if (listed.Count == 0)
                {
                    made.Add(folder.Create(ReleaseRole));
                    listed = [made[^1].Key.PublicKey];
                }

                var now = TimeProvider.System.GetUtcNow();
                TrustRoot first = new()
                {
                    SchemaVersion = TrustRoot.CurrentSchemaVersion,
                    Version = 1,
                    CreatedAt = now,
                    ExpiresAt = now.AddDays(parsed.GetValue(days)),
                    Root = RootSigner.Role(least, roots.Select(key => key.PublicKey)),
                    Release = RootSigner.Role(1, listed),
                };
                var (file, root) = folder.Write(null, first, roots);
                return (file, root, [.. made.Select(key => key.File)]);
            }
            finally
            {
                made.ForEach(key => key.Key.Dispose());
            }
        });
    }

    private static Command Show()
    {
        Option<FileInfo?> file = new("--root") { Description = "A root document; none: the newest of the folder." };
        return Verb("show", "Shows a root document and who has signed it.", [file], (parsed, folder)
            => parsed.GetValue(file) is { } named ? (named.FullName, KeyFolder.Read(named.FullName), []) : (folder.Path, folder.Required(), []));
    }

    private static Command RotateRelease()
    {
        var release = ReleaseFile("Public release key to list instead of a new one.");
        var (keys, days) = (RootKeyFiles(), Days());
        return Verb(
            "rotate-release", "Lists another release key. Those before it stay good until they are revoked, so that nothing is refused while a registry changes.", [release, keys, days],
            (parsed, folder) =>
            {
                var present = folder.Required();
                var listed = Listed(parsed.GetValue(release));
                List<string> files = [];
                if (listed.Count == 0)
                {
                    var (key, file) = folder.Create(ReleaseRole);
                    using (key)
                    {
                        listed = [key.PublicKey];
                        files.Add(file);
                    }
                }

                var (written, root) = Next(parsed, folder, present, [], keys, days, next => next with
                {
                    Release = RootSigner.Role(next.Release.Threshold, present.ReleaseKeys.Keys.Concat(listed).DistinctBy(key => key.Id)),
                });
                return (written, root, files);
            });
    }

    private static Command RotateRoot()
    {
        Option<string?> replaced = new("--replace") { Description = "Id of the root key that gives way, or its first letters; needed where there are several." };
        var (keys, days) = (RootKeyFiles(), Days());
        return Verb("rotate-root", "Puts a new root key in the place of one; signed by the old and the new.", [replaced, keys, days], (parsed, folder) =>
        {
            var present = folder.Required();
            var old = parsed.GetValue(replaced) is { } text ? Meant(present.RootKeys, text)
                : present.RootKeys.Keys is [var only] ? only
                : throw new CommandFailedException($"There are {present.RootKeys.Keys.Count} root keys: expected --replace with one of {string.Join(", ", present.RootKeys.Ids)}.");
            var (key, file) = folder.Create(RootRole);
            using (key)
            {
                var (written, root) = Next(parsed, folder, present, [key], keys, days, next => next with
                {
                    Root = RootSigner.Role(next.Root.Threshold, [.. present.RootKeys.Keys.Where(kept => kept.Id != old.Id), key.PublicKey]),
                });
                return (written, root, [file]);
            }
        });
    }

    private static Command Revoke()
    {
        Argument<string> id = new("key") { Description = "Id of the key, or its first letters." };
        var (keys, days) = (RootKeyFiles(), Days());
        return Verb("revoke", "Lists a key no more: agents that have the new document take nothing new that it has signed.", [id, keys, days], (parsed, folder) =>
        {
            var present = folder.Required();
            var text = parsed.GetRequiredValue(id);
            var isRelease = Matches(present.ReleaseKeys, text).Count > 0;
            var (role, name) = isRelease ? (present.ReleaseKeys, ReleaseRole) : (present.RootKeys, RootRole);
            var revoked = Meant(role, text);
            if (role.Keys.Count <= role.Threshold)
            {
                throw new CommandFailedException($"{revoked.Id} is one of the {role.Keys.Count} {name} keys that are needed: rotate first (imdd keys rotate-{name}).");
            }

            var left = RootSigner.Role(role.Threshold, role.Keys.Where(key => key.Id != revoked.Id));
            var (written, root) = Next(parsed, folder, present, [], keys, days, next => isRelease ? next with { Release = left } : next with { Root = left });
            return (written, root, []);
        });
    }

    private static Command Renew()
    {
        var (keys, days) = (RootKeyFiles(), Days());
        return Verb("renew", "Writes the same document with a later expiry.", [keys, days], (parsed, folder) =>
        {
            var (written, root) = Next(parsed, folder, folder.Required(), [], keys, days, next => next);
            return (written, root, []);
        });
    }

    private static Command Publish()
    {
        Option<Uri> registry = new(ModelsCommand.RegistryOption) { Description = "Address of the registry.", DefaultValueFactory = _ => new Uri("http://127.0.0.1:5084"), CustomParser = ModelsCommand.Address };
        Option<string?> by = new("--by") { Description = "Who does it." };
        Option<string?> reason = new("--reason") { Description = "Why." };
        var (directory, json) = (Folder(), JsonOutput.CreateOption());
        Command command = new("publish", "Gives the registry the root documents that it does not have yet; agents follow them at their next release.") { registry, directory, by, reason, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            KeyFolder folder = new(parsed.GetRequiredValue(directory).FullName);
            var newest = folder.Required();
            using RegistryApi client = new(parsed.GetRequiredValue(registry));
            var view = await client.RootAsync(cancellationToken);
            for (var version = view is null ? 1 : Math.Min(view.Document.Version + 1, newest.Document.Version); version <= newest.Document.Version; version++)
            {
                var root = KeyFolder.Read(Path.Combine(folder.Path, string.Create(CultureInfo.InvariantCulture, $"root-{version}.dsse")));
                view = await client.PublishRootAsync(
                    new PublishRoot { Envelope = ImddJson.Deserialize<DsseEnvelope>(root.Envelope.Span), By = parsed.GetValue(by), Reason = parsed.GetValue(reason) }, cancellationToken);
            }

            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(output, view);
                return ExitCodes.Stopped;
            }

            await output.WriteLineAsync($"The registry has root document {view!.Document.Version} and signs with {view.SigningKeyId}.");
            return ExitCodes.Stopped;
        });
        return command;
    }

    private static (string File, SignedRoot Root) Next(
        ParseResult parsed, KeyFolder folder, SignedRoot present, IReadOnlyList<PrivateKey> added, Option<FileInfo[]> files, Option<double> days, Func<TrustRoot, TrustRoot> change)
    {
        var now = TimeProvider.System.GetUtcNow();
        var next = change(present.Document with { Version = present.Document.Version + 1, CreatedAt = now, ExpiresAt = now.AddDays(parsed.GetValue(days)) });
        var keys = folder.Find(present.RootKeys, [.. (parsed.GetValue(files) ?? []).Select(file => file.FullName)]);
        try
        {
            return folder.Write(present, next, [.. keys, .. added]);
        }
        finally
        {
            foreach (var key in keys)
            {
                key.Dispose();
            }
        }
    }

    private static IReadOnlyList<TrustedKey> Listed(FileInfo? file)
    {
        try
        {
            return file is null ? [] : TrustedKeys.Load(file.FullName).Keys;
        }
        catch (SigningKeyException e)
        {
            throw new CommandFailedException(e.Message, inner: e);
        }
    }

    private static List<TrustedKey> Matches(TrustedKeys keys, string text)
        => [.. keys.Keys.Where(key => key.Id.StartsWith(text, StringComparison.Ordinal) || key.Id["sha256:".Length..].StartsWith(text, StringComparison.Ordinal))];

    private static TrustedKey Meant(TrustedKeys keys, string text)
        => Matches(keys, text) is [var one] ? one : throw new CommandFailedException($"'{text}' names {Matches(keys, text).Count} keys: expected one of {string.Join(", ", keys.Ids)}.");

    private static Option<FileInfo?> ReleaseFile(string description) => new("--release-key") { Description = description };

    private static Option<FileInfo[]> RootKeyFiles() => new("--root-key") { Description = "Private root key that is not in the folder; several times." };

    private static Option<double> Days()
    {
        Option<double> days = new("--days") { Description = "Days until the document expires.", DefaultValueFactory = _ => DefaultDays };
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 36500))
            {
                result.AddError("--days: expected more than 0 and at most 36500.");
            }
        });
        return days;
    }

    private static Option<DirectoryInfo> Folder() => new("--dir") { Description = "Folder of keys and root documents.", DefaultValueFactory = _ => new DirectoryInfo("keys") };

    private static Command Verb(
        string name, string description, IReadOnlyList<Symbol> symbols, Func<ParseResult, KeyFolder, (string File, SignedRoot Root, IReadOnlyList<string> NewKeys)> run)
    {
        var (directory, json) = (Folder(), JsonOutput.CreateOption());
        Command command = new(name, description) { directory, json };
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Add(argument);
            }
            else
            {
                command.Add((Option)symbol);
            }
        }

        command.SetAction(parsed =>
        {
            var (file, root, made) = run(parsed, new KeyFolder(parsed.GetRequiredValue(directory).FullName));
            Say(parsed.InvocationConfiguration.Output, parsed.GetValue(json), file, root, made);
            return ExitCodes.Stopped;
        });
        return command;
    }

    private static void Say(TextWriter output, bool json, string file, SignedRoot root, IReadOnlyList<string> made)
    {
        var document = root.Document;
        if (json)
        {
            JsonOutput.Write(output, new
            {
                File = file,
                document.Version,
                document.ExpiresAt,
                RootThreshold = document.Root.Threshold,
                RootKeys = root.RootKeys.Ids,
                ReleaseThreshold = document.Release.Threshold,
                ReleaseKeys = root.ReleaseKeys.Ids,
                SignedBy = root.Signers,
                NewKeyFiles = made,
            });
            return;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"root document {document.Version}, good until {document.ExpiresAt:yyyy-MM-dd HH:mm} UTC  {file}"));
        foreach (var (role, keys) in new[] { (RootRole, root.RootKeys), (ReleaseRole, root.ReleaseKeys) })
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {role}, {keys.Threshold} of {keys.Keys.Count}"));
            foreach (var id in keys.Ids)
            {
                output.WriteLine($"    {id}{(root.Signers.Contains(id) ? "  has signed it" : "")}");
            }
        }

        foreach (var key in made)
        {
            output.WriteLine($"new private key {key}");
        }
    }
}
