using System.Security.Cryptography;
using System.Text.Json;
using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;
using IMDD.Contracts.Models;
using IMDD.Safetensors;

namespace IMDD.Inference.Bundles;

/// <summary>A model bundle on disk whose every byte has been checked against its manifest.</summary>
public sealed class ModelBundle
{
    /// <summary>The manifest's file.</summary>
    public const string ManifestFile = "manifest.json";

    /// <summary>The manifest's signature envelope.</summary>
    public const string EnvelopeFile = "manifest.dsse";

    /// <summary>The graph.</summary>
    public const string ModelFile = "model.onnx";

    /// <summary>The first file of weights that are too large for the graph's own; further ones have a number added.</summary>
    public const string ModelDataFile = ModelFile + ".data";

    /// <summary>The rows of <c>text</c>, tensor <c>text</c> of shape <c>[K, D]</c>.</summary>
    public const string TextFile = "text.safetensors";

    /// <summary>Where training keeps its own files beside a bundle's; nothing in it is ever read or sent with the bundle.</summary>
    public const string RunFolder = "run";

    /// <summary>Folders of a content-addressed store are called <c>sha256-</c> and the digest's digits.</summary>
    public const string AddressPrefix = "sha256-";

    private const int MaxManifestBytes = 1 << 20;
    private const long MaxTextBytes = 64L << 20;
    private const int HashBufferBytes = 1 << 16;

    private ModelBundle(string directory, BundleManifest manifest, string digest, string? signedBy, Float32Tensor text)
    {
        SignedBy = signedBy;
        Directory = directory;
        Manifest = manifest;
        Digest = digest;
        Text = text;
    }

    /// <summary>Absolute path.</summary>
    public string Directory { get; }

    public BundleManifest Manifest { get; }

    /// <summary><c>sha256:</c> digest of the manifest's bytes.</summary>
    public string Digest { get; }

    /// <summary>Id of the trusted key that signed it; null where it was taken without.</summary>
    public string? SignedBy { get; }

    /// <summary>The rows of <c>text</c>, <c>[K, D]</c>; of unit length, but for those that were added later, whose length is their own.</summary>
    public Float32Tensor Text { get; }

    /// <summary>Reads and checks a bundle, whoever made it.</summary>
    /// <exception cref="ModelBundleException">Anything is missing, altered, unlisted or malformed.</exception>
    public static ModelBundle Open(string directory) => Open(directory, BundleTrust.Anyone);

    /// <summary>
    /// Reads and checks a bundle: who signed its manifest, before anything in it is believed; then that each listed file is there with its
    /// size and SHA-256, and nothing else but <see cref="RunFolder"/>.
    /// </summary>
    /// <param name="directory">Its folder; one called <c>sha256-…</c> must hold the bundle of that digest.</param>
    /// <param name="trust">Whose bundles are taken.</param>
    /// <exception cref="ModelBundleException">It is not to be trusted, or anything is missing, altered, unlisted or malformed.</exception>
    public static ModelBundle Open(string directory, BundleTrust trust)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var manifestBytes = ReadBounded(root, ManifestFile, MaxManifestBytes);
        var digest = ContentDigest.Of(manifestBytes);
        CheckAddress(root, digest);
        var envelope = File.Exists(Path.Combine(root, EnvelopeFile)) ? ReadBounded(root, EnvelopeFile, BundleSignature.MaxEnvelopeBytes) : null;
        var signedBy = BundleSignature.Verify(manifestBytes, envelope, trust);
        var manifest = ParseManifest(manifestBytes);
        BundleManifestRules.Check(manifest);
        CheckNothingUnlisted(root, manifest);
        foreach (var file in manifest.Files)
        {
            Verify(root, file);
        }

        return new ModelBundle(root, manifest, digest, signedBy, ReadText(root, manifest));
    }

    /// <summary>The digest by which a folder's manifest calls it, whoever signed it and whatever lies beside it.</summary>
    /// <exception cref="ModelBundleException">There is none that can be read.</exception>
    public static string DigestOf(string directory) => ContentDigest.Of(ReadBounded(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)), ManifestFile, MaxManifestBytes));

    /// <summary>The manifest's bytes, checked again: what is signed is what was opened, whatever happened to the disk in between.</summary>
    /// <exception cref="ModelBundleException">No longer what they were.</exception>
    public byte[] ReadManifest()
    {
        var bytes = ReadBounded(Directory, ManifestFile, MaxManifestBytes);
        var digest = ContentDigest.Of(bytes);
        return digest == Digest
            ? bytes
            : throw new ModelBundleException($"{ManifestFile} of bundle {Directory} has digest {digest}; it was opened with {Digest}.", fault: BundleFault.Digest);
    }

    /// <summary>The bytes of a listed file, checked again: what is used is what was signed, whatever happened to the disk in between.</summary>
    /// <exception cref="ModelBundleException">Not listed, or no longer what it was.</exception>
    public byte[] ReadFile(string path) => ReadVerified(Directory, Listed(path));

    /// <summary>Checks a listed file again, without having it in memory.</summary>
    /// <exception cref="ModelBundleException">Not listed, or no longer what it was.</exception>
    public void Check(string path) => Verify(Directory, Listed(path));

    /// <summary>Whether a file of a bundle has weights of the graph in it.</summary>
    public static bool IsModelData(string path) => path == ModelDataFile || path.StartsWith(ModelDataFile + ".", StringComparison.Ordinal);

    /// <summary>Absolute path of a listed file.</summary>
    public string PathOf(string path) => Path.Combine(Directory, path);

    private BundleFile Listed(string path) => Manifest.Files.FirstOrDefault(file => file.Path == path)
        ?? throw new ModelBundleException($"Bundle {Directory} lists no file '{path}'.");

    private static void CheckAddress(string root, string digest)
    {
        var name = Path.GetFileName(root);
        if (name.StartsWith(AddressPrefix, StringComparison.Ordinal) && ContentDigest.Prefix + name[AddressPrefix.Length..] != digest)
        {
            throw new ModelBundleException($"Folder {name} holds a bundle of digest {digest}.", fault: BundleFault.Digest);
        }
    }

    internal static BundleManifest ParseManifest(byte[] bytes)
    {
        try
        {
            return ImddJson.Deserialize<BundleManifest>(bytes);
        }
        catch (JsonException exception)
        {
            throw new ModelBundleException($"{ManifestFile} is not a bundle manifest: {exception.Message}", exception);
        }
    }

    private static Float32Tensor ReadText(string root, BundleManifest manifest)
    {
        var file = manifest.Files.First(file => file.Path == TextFile);
        if (file.SizeBytes > MaxTextBytes)
        {
            throw new ModelBundleException($"{TextFile} has {file.SizeBytes} bytes; at most {MaxTextBytes} are read.");
        }

        try
        {
            var tensors = SafetensorsFile.Read(ReadVerified(root, file));
            var text = tensors.GetValueOrDefault(SegmenterContract.Text)
                ?? throw new ModelBundleException($"{TextFile} has no tensor '{SegmenterContract.Text}'.");
            BundleManifestRules.CheckText(text, manifest);
            return text;
        }
        catch (SafetensorsException exception)
        {
            throw new ModelBundleException($"{TextFile}: {exception.Message}", exception);
        }
    }

    private static void CheckNothingUnlisted(string root, BundleManifest manifest)
    {
        HashSet<string> listed = new(manifest.Files.Select(file => file.Path), StringComparer.Ordinal) { ManifestFile, EnvelopeFile };
        EnumerationOptions everything = new() { AttributesToSkip = FileAttributes.None };
        Queue<string> folders = new([root]);
        while (folders.TryDequeue(out var folder))
        {
            foreach (var entry in Entries(root, folder, everything))
            {
                var relative = Path.GetRelativePath(root, entry.FullName);
                if (entry.LinkTarget is not null)
                {
                    throw IsALink(relative);
                }

                if (entry is DirectoryInfo && relative == RunFolder)
                {
                    continue;
                }

                if (entry is DirectoryInfo)
                {
                    folders.Enqueue(entry.FullName);
                }
                else if (!listed.Contains(relative))
                {
                    throw new ModelBundleException($"'{relative}' is not listed in {ManifestFile}.");
                }
            }
        }
    }

    private static FileSystemInfo[] Entries(string root, string folder, EnumerationOptions everything)
    {
        try
        {
            return new DirectoryInfo(folder).GetFileSystemInfos("*", everything);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelBundleException($"Folder {folder} of bundle {root} cannot be read: {exception.Message}", exception);
        }
    }

    private static void Verify(string root, BundleFile file) => CheckHash(file, Read(root, file.Path, stream =>
    {
        CheckSize(stream, file);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[HashBufferBytes];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }));

    private static byte[] ReadVerified(string root, BundleFile file)
    {
        var bytes = Read(root, file.Path, stream =>
        {
            CheckSize(stream, file);
            return ReadAll(stream);
        });
        CheckHash(file, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        return bytes;
    }

    private static void CheckHash(BundleFile file, string actual)
    {
        if (actual != file.Sha256)
        {
            throw new ModelBundleException($"'{file.Path}' has SHA-256 {actual}; {ManifestFile} says {file.Sha256}.", fault: BundleFault.Digest);
        }
    }

    private static byte[] ReadBounded(string root, string path, long maxBytes) => Read(root, path, stream => stream.Length switch
    {
        0 => throw new ModelBundleException($"'{path}' of bundle {root} is empty, or no file."),
        var length when length > maxBytes => throw new ModelBundleException($"'{path}' has {length} bytes; at most {maxBytes} are read."),
        _ => ReadAll(stream),
    });

    private static byte[] ReadAll(Stream stream)
    {
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static void CheckSize(Stream stream, BundleFile file)
    {
        if (stream.Length != file.SizeBytes)
        {
            throw new ModelBundleException($"'{file.Path}' has {stream.Length} bytes; {ManifestFile} says {file.SizeBytes}.", fault: BundleFault.Digest);
        }
    }

    /// <summary>A file that does not open, and one of which a sector is bad, are both a bundle that is not to be used.</summary>
    private static T Read<T>(string root, string path, Func<Stream, T> read)
    {
        try
        {
            FileInfo file = new(Path.Combine(root, path));
            if (file.LinkTarget is not null)
            {
                throw IsALink(path);
            }

            // Pipes and devices have no length. Nothing is opened that has none: to open a pipe is to wait for whoever writes to it.
            using var stream = file.Length == 0 ? Stream.Null : new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read);
            return read(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelBundleException($"'{path}' of bundle {root} cannot be read: {exception.Message}", exception);
        }
    }

    private static ModelBundleException IsALink(string path) => new($"'{path}' is a link; a bundle holds files only.");
}
