using System.Runtime.InteropServices;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>
/// A thread that gets what the line leaves over. Linux keeps a nice value per thread and gives it to the threads that one starts; it cannot be
/// taken back without privilege, so nothing that is to decide frames later may be made here.
/// </summary>
internal static partial class LowPriority
{
    private const int PriorityOfProcess = 0;
    private const uint ThisThread = 0;

    /// <summary>
    /// A third of a usual thread's share. Not the least there is: the runtime stops all threads to collect memory, and one that is starved on a box
    /// that is full keeps all the others waiting.
    /// </summary>
    private const int Nice = 5;

    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID

    /// <summary>Runs the work on a thread of its own.</summary>
    public static async Task<T> RunAsync<T>(Func<T> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                _ = SetPriority(PriorityOfProcess, ThisThread, Nice);
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        {
            IsBackground = true,
            Name = "model check",
        };
        thread.Start();
        return await done.Task;
    }

    /// <summary>Time this thread has worked: what the box does besides does not count.</summary>
    public static TimeSpan CpuTime()
        => ClockGetTime(ThreadCpuTime, out var time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0)
            : throw new InvalidOperationException($"The thread's clock cannot be read: {Marshal.GetLastPInvokeErrorMessage()}.");

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, uint who, int priority);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, out TimeSpecification time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
