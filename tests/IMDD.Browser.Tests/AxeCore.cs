using IMDD.Testing;
using Microsoft.Playwright;

namespace IMDD.Browser.Tests;

/// <summary>Deque's checker of accessibility, from the npm package.</summary>
internal sealed class AxeCore
{
    private readonly string _script;

    private AxeCore(string script) => _script = script;

    /// <summary>Loads it, or skips the test where the package is not there.</summary>
    public static async Task<AxeCore> LoadAsync()
    {
        var packages = NodePackages.Find(out var reason);
        Assert.SkipWhen(packages is null, reason);
        return new AxeCore(await File.ReadAllTextAsync(Path.Combine(packages!.FolderOf("axe-core"), "axe.min.js"), TestContext.Current.CancellationToken));
    }

    /// <summary>What it finds on a page as it is now.</summary>
    public async Task<string[]> ViolationsAsync(IPage page)
    {
        // Evaluated, not added as an element: the page's own policy forbids foreign scripts, as it should.
        await page.EvaluateAsync(_script);
        return await page.EvaluateAsync<string[]>(
            "async () => (await axe.run()).violations.map(v => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`)");
    }
}
