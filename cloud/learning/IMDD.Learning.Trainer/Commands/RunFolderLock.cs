using IMDD.Learning.Training;

namespace IMDD.Learning.Trainer.Commands;

/// <summary>Keeps a run's folder to one process: two would write over each other's checkpoints.</summary>
internal static class RunFolderLock
{
    private const string File = "lock";

    // One that is told to stop still finishes a step, a validation perhaps, and a checkpoint.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Takes the folder, which is made where it is absent; waits some minutes for one that is just ending. Held until disposed.</summary>
    /// <exception cref="TrainingException">Another process trains in it.</exception>
    public static async Task<IDisposable> TakeAsync(string folder, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"{folder} cannot be made: {e.Message}", e);
        }

        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, File), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (UnauthorizedAccessException e)
            {
                throw new TrainingException($"{folder} cannot be used: {e.Message}", e);
            }
            catch (IOException e) when (TimeProvider.System.GetElapsedTime(begin) > Patience)
            {
                throw new TrainingException($"{folder} cannot be used, probably since another process trains in it: {e.Message}", e);
            }
            catch (IOException)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellation).ConfigureAwait(false);
            }
        }
    }
}
