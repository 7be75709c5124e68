using System.Globalization;
using IMDD.Contracts.Models;
using IMDD.Inference.Signing;
using IMDD.Storage.Folder;

namespace IMDD.Cli.Keys;

/// <summary>
/// A folder of keys and root documents: <c>root-N.dsse</c>, <c>root-K.key</c>, <c>release-K.key</c>, each with its public half. Nothing in it
/// is ever written over: a new document or key gets the next number.
/// </summary>
internal sealed class KeyFolder(string path)
{
    private const string KeyExtension = ".key";

    public string Path => path;

    /// <summary>The newest document, or null.</summary>
    /// <exception cref="CommandFailedException">It cannot be used.</exception>
    public SignedRoot? Newest()
    {
        if (!Directory.Exists(path))
        {
            return null;
        }

        var newest = Directory.EnumerateFiles(path, "root-*.dsse")
            .Select(file => (File: file, Version: VersionOf(file))).Where(found => found.Version is not null).OrderByDescending(found => found.Version).FirstOrDefault();
        if (newest.File is null)
        {
            return null;
        }

        var root = Read(newest.File);
        return root.Document.Version == newest.Version
            ? root
            : throw new CommandFailedException($"{newest.File} holds version {root.Document.Version}: expected {newest.Version}, as its name says.");
    }

    /// <summary>The newest document.</summary>
    /// <exception cref="CommandFailedException">There is none, or it cannot be used.</exception>
    public SignedRoot Required() => Newest() ?? throw new CommandFailedException($"{path} has no root document root-N.dsse: expected one; make it with 'imdd keys init'.");

    /// <summary>A document from a file.</summary>
    /// <exception cref="CommandFailedException">It cannot be used.</exception>
    public static SignedRoot Read(string file)
    {
        try
        {
            return new FileInfo(file).Length <= SignedRoot.MaxEnvelopeBytes
                ? SignedRoot.Pin(File.ReadAllBytes(file))
                : throw new TrustRootException($"has more than {SignedRoot.MaxEnvelopeBytes} bytes.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{file} cannot be read: {e.Message}", inner: e);
        }
        catch (TrustRootException e)
        {
            throw new CommandFailedException($"{file} {e.Message}", inner: e);
        }
    }

    /// <summary>Makes a key of a role under the next number.</summary>
    /// <returns>The key and its file.</returns>
    /// <exception cref="CommandFailedException">It cannot be written.</exception>
    public (PrivateKey Key, string File) Create(string role)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else if (!Directory.Exists(path))
            {
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            var number = 1;
            while (File.Exists(Name(role, number)) || File.Exists(PrivateKey.PublicFileOf(Name(role, number))))
            {
                number++;
            }

            return (PrivateKey.Create(Name(role, number)), Name(role, number));
        }
        catch (Exception e) when (e is SigningKeyException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(e.Message, inner: e);
        }
    }

    /// <summary>The private keys that lie here or were named, of those that are wanted.</summary>
    /// <param name="wanted">Their public halves.</param>
    /// <param name="files">Further files, such as on a medium that is kept elsewhere.</param>
    /// <exception cref="CommandFailedException">A named file is no key.</exception>
    public IReadOnlyList<PrivateKey> Find(TrustedKeys wanted, IReadOnlyList<string> files)
    {
        var ids = wanted.Ids.ToHashSet(StringComparer.Ordinal);
        Dictionary<string, PrivateKey> found = new(StringComparer.Ordinal);
        var here = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*" + KeyExtension) : [];
        foreach (var file in files.Concat(here))
        {
            PrivateKey key;
            try
            {
                key = PrivateKey.Read(file);
            }
            catch (SigningKeyException) when (!files.Contains(file))
            {
                continue;
            }
            catch (SigningKeyException e)
            {
                throw new CommandFailedException(e.Message, inner: e);
            }

            if (!ids.Contains(key.Id) || !found.TryAdd(key.Id, key))
            {
                key.Dispose();
            }
        }

        return [.. found.Values];
    }

    /// <summary>Signs the next document and keeps it; returns when that is durable.</summary>
    /// <param name="present">The document before; null: it is the first.</param>
    /// <param name="next">The document.</param>
    /// <param name="keys">Root keys at hand, of the one before and of this.</param>
    /// <returns>Its file, and what it says.</returns>
    /// <exception cref="CommandFailedException">The keys do not suffice, or it cannot be written.</exception>
    public (string File, SignedRoot Root) Write(SignedRoot? present, TrustRoot next, IReadOnlyList<PrivateKey> keys)
    {
        if (keys.Count == 0)
        {
            throw new CommandFailedException($"No root key is at hand: expected {present?.Document.Root.Threshold ?? 1} in {path}, or named with --root-key.");
        }

        var envelope = RootSigner.Sign(next, keys);
        var file = System.IO.Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"root-{next.Version}.dsse"));
        try
        {
            // What agents would refuse is not written.
            var root = present is null ? SignedRoot.Pin(envelope) : present.Follow(envelope);
            var partial = file + ".part";
            using (FileStream stream = new(partial, FileMode.Create, FileAccess.Write))
            {
                stream.Write(envelope);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, file, overwrite: false);
            DirectorySync.Flush(path);
            return (file, root);
        }
        catch (TrustRootException e)
        {
            throw new CommandFailedException($"The root document {e.Message} Name the missing root keys with --root-key.", inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{file} cannot be written: {e.Message}", inner: e);
        }
    }

    private static long? VersionOf(string file)
        => long.TryParse(System.IO.Path.GetFileNameWithoutExtension(file).AsSpan("root-".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;

    private string Name(string role, int number) => System.IO.Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{role}-{number}{KeyExtension}"));
}
