using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Outcomes;
using IMDD.Hosting;
using IMDD.Inference.Signing;
using IMDD.Storage.Folder;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// The root document that this agent trusts: the configured one at the first start, then what followed it. It is replaced by one rename, and
/// only after every check has passed, so that nothing that was refused is ever trusted later.
/// </summary>
internal sealed class TrustStore
{
    private const string Folder = "trust";
    private const string RootFile = "root.dsse";

    private readonly Lock _lock = new();
    private readonly string _folder;
    private readonly CrashPoints _crashPoints;
    private readonly ILogger<TrustStore> _logger;
    private SignedRoot? _root;

    /// <summary>Reads what is trusted; with nothing configured nothing is, whatever lies here from before.</summary>
    /// <exception cref="ConfigurationInvalidException">The configured document cannot be used.</exception>
    /// <exception cref="StoreUnavailableException">The kept one is damaged: the configured one in its place could be a step back.</exception>
    public TrustStore(IOptions<ModelOptions> model, IOptions<StoreOptions> store, CrashPoints crashPoints, TimeProvider time, ILogger<TrustStore> logger)
    {
        _folder = Path.Combine(Path.GetFullPath(store.Value.Directory), Folder);
        (_crashPoints, _logger) = (crashPoints, logger);
        if (model.Value.TrustRoot.Length == 0)
        {
            return;
        }

        var configured = ReadConfigured(model.Value.TrustRoot);
        _root = ReadKept();
        if (_root?.Document.Version == configured.Document.Version && _root.Digest != configured.Digest)
        {
            throw new ConfigurationInvalidException(
                $"{ModelOptions.Section}:{nameof(ModelOptions.TrustRoot)}",
                $"{model.Value.TrustRoot} is another root document of version {configured.Document.Version} than the one kept in {File}. To begin anew with it, delete that file.");
        }

        // Whoever configures the box may set trust forward by hand; back only by deleting the file.
        if (_root is null || _root.Document.Version < configured.Document.Version)
        {
            Keep(configured);
        }

        if (_root!.IsExpired(time.GetUtcNow()))
        {
            Log.RootExpired(_logger, _root.Document.Version, _root.Document.ExpiresAt);
        }
    }

    /// <summary>The document that is trusted; null where keys are configured one by one.</summary>
    public SignedRoot? Root
    {
        get
        {
            lock (_lock)
            {
                return _root;
            }
        }
    }

    private string File => Path.Combine(_folder, RootFile);

    /// <summary>Takes the document after the present one; returns when that is durable.</summary>
    /// <exception cref="TrustRootException">It does not follow.</exception>
    /// <exception cref="StoreUnavailableException">It cannot be written; the present one stays.</exception>
    public void Follow(byte[] envelope)
    {
        lock (_lock)
        {
            var next = _root!.Follow(envelope);
            _crashPoints.Pass(CrashPoint.AfterRootCheck);
            Keep(next);
            _crashPoints.Pass(CrashPoint.AfterRootKept);
        }
    }

    private static SignedRoot ReadConfigured(string file)
    {
        try
        {
            return Read(file);
        }
        catch (TrustRootException e)
        {
            throw new ConfigurationInvalidException($"{ModelOptions.Section}:{nameof(ModelOptions.TrustRoot)}", e.Message, e);
        }
    }

    /// <summary>Reads a document from a file.</summary>
    /// <exception cref="TrustRootException">It cannot be used; the message names the file.</exception>
    public static SignedRoot Read(string file)
    {
        try
        {
            return new FileInfo(file).Length <= SignedRoot.MaxEnvelopeBytes
                ? SignedRoot.Pin(System.IO.File.ReadAllBytes(file))
                : throw new TrustRootException($"has more than {SignedRoot.MaxEnvelopeBytes} bytes.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustRootException($"{file} cannot be read: {e.Message}", e);
        }
        catch (TrustRootException e)
        {
            throw new TrustRootException($"{file} {e.Message}", e);
        }
    }

    private SignedRoot? ReadKept()
    {
        try
        {
            return System.IO.File.Exists(File) ? Read(File) : null;
        }
        catch (TrustRootException e)
        {
            throw new StoreUnavailableException($"trusted root document {File}", $"{e.Message} Without it a withdrawn key could not be told from a good one", e);
        }
    }

    private void Keep(SignedRoot root)
    {
        try
        {
            Directory.CreateDirectory(_folder);
            var partial = File + ".part";
            using (FileStream stream = new(partial, FileMode.Create, FileAccess.Write))
            {
                stream.Write(root.Envelope.Span);
                stream.Flush(flushToDisk: true);
            }

            _crashPoints.Pass(CrashPoint.AfterRootWritten);
            System.IO.File.Move(partial, File, overwrite: true);
            DirectorySync.Flush(_folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"trusted root document {File}", e.Message, e);
        }

        _root = root;
        Log.RootTrusted(_logger, root.Document.Version, root.Document.ExpiresAt, string.Join(", ", root.ReleaseKeys.Ids));
    }
}
