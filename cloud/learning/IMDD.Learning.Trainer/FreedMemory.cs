using System.Runtime.InteropServices;

namespace IMDD.Learning.Trainer;

/// <summary>
/// What a step frees the next step takes again. The GNU C library gives large blocks back to the system in between, which hands them out page by page and
/// zeroed: a sixth of a step's time on a CPU. Told to keep them it needs no more memory than its largest step does anyway.
/// </summary>
internal static class FreedMemory
{
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MapThreshold = -3;

    // The most that it takes (glibc, malloc.c: HEAP_MAX_SIZE / 2).
    private const int LargestBlockBytes = 32 << 20;

    // Of what a thread's arena is made; one with nothing in it goes back unless as much as this is to be kept beside it (HEAP_MAX_SIZE).
    private const int HeapBytes = 64 << 20;

    /// <summary>Keeps it, for the rest of this process. With another C library there is nothing to be told, and nothing happens.</summary>
    public static void Keep() => Tell(() =>
    {
        _ = Mallopt(MapThreshold, LargestBlockBytes);
        _ = Mallopt(TrimThreshold, int.MaxValue);
        _ = Mallopt(TopPad, HeapBytes);
    });

    /// <summary>Gives back what is free at the moment, so that what is taken from here on can be seen.</summary>
    public static void GiveBack() => Tell(() => _ = MallocTrim(0));

    private static void Tell(Action action)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            action();
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return;
        }
    }

    [DllImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Mallopt(int parameter, int value);

    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MallocTrim(nuint padding);
}
