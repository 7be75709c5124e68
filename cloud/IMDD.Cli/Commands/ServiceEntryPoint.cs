using System.Reflection;

namespace IMDD.Cli.Commands;

/// <summary>Runs a service's own <c>Program.cs</c> in this process.</summary>
internal static class ServiceEntryPoint
{
    public static Task<int> RunAsync(string assembly, string[] args)
    {
        var main = Assembly.Load(assembly).EntryPoint!;
        return Task.Run(() => (int)main.Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, [args], culture: null)!);
    }
}
