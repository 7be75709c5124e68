using System.Text.Json;
using System.Threading.Channels;
using IMDD.Contracts.Events;

namespace IMDD.Edge.Camera.Spool;

/// <summary>
/// An append-only file of JSON lines. An append completes when its line is on disk; lines that arrive together share one sync. A last line
/// cut short by a crash is removed when the file is opened: nobody was told that it was written.
/// </summary>
internal sealed class DurableLines : IAsyncDisposable
{
    private const byte LineEnd = (byte)'\n';
    private const int TailBlock = 64 * 1024;

    private readonly FileStream _file;
    private readonly Channel<(byte[] Line, TaskCompletionSource Written)> _queue =
        Channel.CreateUnbounded<(byte[], TaskCompletionSource)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Task _writing;

    private DurableLines(FileStream file)
    {
        _file = file;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Opens or creates the file.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static DurableLines Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        try
        {
            file.SetLength(EndOfLastLine(file));
            file.Seek(0, SeekOrigin.End);
            return new DurableLines(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads the whole lines of a file one by one; lines that are no <typeparamref name="T"/> are skipped.</summary>
    public static IEnumerable<T> Read<T>(string path)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        foreach (var line in File.ReadLines(path))
        {
            if (TryParse<T>(line, out var record))
            {
                yield return record!;
            }
        }
    }

    /// <summary>Appends; completes when the line is on disk.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public Task AppendAsync<T>(T record)
    {
        TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(record, ImddJson.Options), LineEnd];
        return _queue.Writer.TryWrite((line, written))
            ? written.Task
            : Task.FromException(new ObjectDisposedException(nameof(DurableLines)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
        await _file.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        List<TaskCompletionSource> batch = [];
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            var start = _file.Position;
            try
            {
                while (_queue.Reader.TryRead(out var entry))
                {
                    batch.Add(entry.Written);
                    _file.Write(entry.Line);
                }

                _file.Flush(flushToDisk: true);
                batch.ForEach(w => w.SetResult());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                CutBack(start);
                batch.ForEach(w => w.TrySetException(new IOException($"'{_file.Name}' cannot be written: {e.Message}", e)));
            }
        }
    }

    // Half a batch on a full disk would be read as lines nobody was told of.
    private void CutBack(long length)
    {
        try
        {
            _file.SetLength(length);
            _file.Seek(length, SeekOrigin.Begin);
        }
        catch (IOException)
        {
            // The next open cuts what is not a whole line.
        }
    }

    private static bool TryParse<T>(string line, out T? record)
    {
        try
        {
            record = JsonSerializer.Deserialize<T>(line, ImddJson.Options);
            return record is not null;
        }
        catch (JsonException)
        {
            record = default;
            return false;
        }
    }

    private static long EndOfLastLine(FileStream file)
    {
        var block = new byte[TailBlock];
        for (var end = file.Length; end > 0;)
        {
            var start = Math.Max(0, end - TailBlock);
            var part = block.AsSpan(0, (int)(end - start));
            file.Seek(start, SeekOrigin.Begin);
            file.ReadExactly(part);
            var last = part.LastIndexOf(LineEnd);
            if (last >= 0)
            {
                return start + last + 1;
            }

            end = start;
        }

        return 0;
    }
}
