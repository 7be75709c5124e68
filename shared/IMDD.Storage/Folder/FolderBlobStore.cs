using System.Collections.Concurrent;
using System.Text;
using IMDD.Contracts.Identity;

namespace IMDD.Storage.Folder;

/// <summary>
/// Blobs as files, <c>ab/cd/sha256-…</c>, with the media type in a file of the same name and <c>.type</c> beside it. A blob appears by
/// one rename after its bytes are on disk, so that a crash leaves either the whole blob or none. Several processes may share the folder.
/// </summary>
public sealed class FolderBlobStore : IBlobStore
{
    private const string TemporaryFolder = "tmp";
    private const string TypeSuffix = ".type";
    private const string UnknownType = "application/octet-stream";
    private const int MaxTypeLength = 255;
    private const int StreamBufferBytes = 1 << 16;
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromDays(1);

    private readonly string _root;
    private readonly Uri? _publicBase;

    // Directories whose own entry is known to be on disk; at most 65,536 of them.
    private readonly ConcurrentDictionary<string, bool> _durableDirectories = new(StringComparer.Ordinal);

    /// <summary>Opens the store, making the folder when it is missing.</summary>
    /// <exception cref="BlobStoreException">The folder cannot be made or written.</exception>
    public FolderBlobStore(string directory, Uri? publicBase = null, TimeProvider? timeProvider = null)
    {
        _root = Path.GetFullPath(directory);
        _publicBase = publicBase;
        Guard("open", _root, () =>
        {
            Directory.CreateDirectory(Path.Combine(_root, TemporaryFolder));
            RemoveAbandoned((timeProvider ?? TimeProvider.System).GetUtcNow() - AbandonedAfter);
            return true;
        });
    }

    /// <inheritdoc/>
    public Task<BlobReference> PutAsync(ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(contentType) || contentType.Length > MaxTypeLength || contentType.AsSpan().ContainsAny('\r', '\n'))
        {
            throw new ArgumentException($"The media type must be 1 to {MaxTypeLength} characters on one line.", nameof(contentType));
        }

        // fsync blocks: off the caller's thread.
        return Task.Run(() => Put(content, contentType), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<byte[]?> GetAsync(string digest, long maxBytes, CancellationToken cancellationToken)
    {
        var path = PathOf(digest);
        byte[] content;
        try
        {
            await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1, useAsync: true);
            var length = file.Length;
            if (length > maxBytes)
            {
                throw new BlobStoreException($"Blob {digest} has {length} bytes: expected at most {maxBytes}.", isTransient: false);
            }

            content = new byte[length];
            await file.ReadExactlyAsync(content, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure("read", path, e);
        }

        return ContentDigest.Of(content) == digest
            ? content
            : throw new BlobStoreException($"Blob {digest} is damaged: the bytes in '{path}' have another digest.", isTransient: false);
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenAsync(string digest, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(digest);
        return Task.FromResult(Guard("open", path, () => File.Exists(path)
            ? (Stream)new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, StreamBufferBytes, useAsync: true)
            : null));
    }

    /// <inheritdoc/>
    public Task<BlobReference?> FindAsync(string digest, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(digest);
        return Task.FromResult(Guard("look up", path, () =>
        {
            FileInfo file = new(path);
            return file.Exists ? Reference(digest, file.Length, ReadType(path)) : null;
        }));
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string digest, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(digest);
        return Task.FromResult(Guard("delete", path, () =>
        {
            if (!File.Exists(path))
            {
                return false;
            }

            // The blob before its type: what is left over after a crash is then never a blob without one.
            File.Delete(path);
            File.Delete(path + TypeSuffix);
            return true;
        }));
    }

    private BlobReference Put(ReadOnlyMemory<byte> content, string contentType)
    {
        var digest = ContentDigest.Of(content.Span);
        var path = PathOf(digest);
        return Guard("write", path, () =>
        {
            if (IsIntact(path, digest, content.Length))
            {
                return Reference(digest, content.Length, ReadType(path));
            }

            var directory = Path.GetDirectoryName(path)!;
            MakeDurable(directory);
            Place(Encoding.UTF8.GetBytes(contentType), path + TypeSuffix);
            Place(content, path);
            DirectorySync.Flush(directory);
            return Reference(digest, content.Length, contentType);
        });
    }

    /// <summary>A file that is there but does not have its bytes (a torn disk) is written again rather than believed.</summary>
    private static bool IsIntact(string path, string digest, int length)
    {
        FileInfo file = new(path);
        return file.Exists && file.Length == length && ContentDigest.Of(File.ReadAllBytes(path)) == digest;
    }

    private void Place(ReadOnlyMemory<byte> content, string path)
    {
        var temporary = Path.Combine(_root, TemporaryFolder, Path.GetRandomFileName());
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, preallocationSize: content.Length))
            {
                RandomAccess.Write(file, content.Span, fileOffset: 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private void MakeDurable(string directory)
    {
        if (directory.Length < _root.Length || (_durableDirectories.ContainsKey(directory) && Directory.Exists(directory)))
        {
            return;
        }

        Directory.CreateDirectory(directory);
        var parent = Path.GetDirectoryName(directory)!;
        MakeDurable(parent);
        DirectorySync.Flush(parent);
        _durableDirectories[directory] = true;
    }

    private static string ReadType(string path)
    {
        try
        {
            return File.ReadAllText(path + TypeSuffix);
        }
        catch (FileNotFoundException)
        {
            return UnknownType;
        }
    }

    private void RemoveAbandoned(DateTimeOffset before)
    {
        foreach (var file in new DirectoryInfo(Path.Combine(_root, TemporaryFolder)).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < before.UtcDateTime)
            {
                file.Delete();
            }
        }
    }

    private BlobReference Reference(string digest, long size, string type) => new(digest, BlobName.UriOf(digest, _publicBase), size, type);

    private string PathOf(string digest) => Path.Combine(_root, BlobName.Of(digest));

    private static T Guard<T>(string action, string path, Func<T> body)
    {
        try
        {
            return body();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure(action, path, e);
        }
    }

    /// <summary>A full or failing disk may come back; a missing permission does not by itself.</summary>
    private static BlobStoreException Failure(string action, string path, Exception e)
        => new($"Cannot {action} '{path}': {e.Message}", isTransient: e is IOException and not PathTooLongException, e);
}
