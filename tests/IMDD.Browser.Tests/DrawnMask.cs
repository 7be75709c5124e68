using Microsoft.Playwright;

namespace IMDD.Browser.Tests;

/// <summary>A mask as the browser drew it over a failed frame.</summary>
/// <param name="FrameId">The frame.</param>
/// <param name="Pixels">True where it is not transparent, row-major, in the frame's own pixels.</param>
/// <param name="Names">What stands below it.</param>
internal sealed record DrawnMask(string FrameId, IReadOnlyList<bool> Pixels, string Names)
{
    // Also checks that the mask covers exactly the picture it belongs to.
    private const string ReadMasks = """
        async () => {
          const masks = [];
          for (const button of document.querySelectorAll('button.frame')) {
            const [picture, mask] = button.querySelectorAll('img');
            for (const image of [picture, mask]) { image.loading = 'eager'; await image.decode(); }
            const a = picture.getBoundingClientRect(), b = mask.getBoundingClientRect();
            if (Math.abs(a.x - b.x) + Math.abs(a.y - b.y) + Math.abs(a.width - b.width) + Math.abs(a.height - b.height) > 1) { throw new Error('the mask lies beside its picture'); }
            if (picture.naturalWidth !== mask.naturalWidth || picture.naturalHeight !== mask.naturalHeight) { throw new Error('the mask is of another size'); }
            const canvas = document.createElement('canvas');
            canvas.width = mask.naturalWidth; canvas.height = mask.naturalHeight;
            const context = canvas.getContext('2d');
            context.drawImage(mask, 0, 0);
            const rgba = context.getImageData(0, 0, canvas.width, canvas.height).data;
            let bits = '';
            for (let i = 3; i < rgba.length; i += 4) { bits += rgba[i] > 0 ? '1' : '0'; }
            masks.push([/Frame (\S+) of/.exec(picture.alt)[1], bits, button.querySelector('.frame-names').textContent]);
          }
          return masks;
        }
        """;

    /// <summary>The masks of all failed frames on the page.</summary>
    public static async Task<IReadOnlyList<DrawnMask>> ReadAllAsync(IPage page)
    {
        var masks = await page.EvaluateAsync<string[][]>(ReadMasks);
        return [.. masks.Select(mask => new DrawnMask(mask[0], [.. mask[1].Select(bit => bit == '1')], mask[2]))];
    }

    /// <summary>Intersection over union.</summary>
    public double Overlap(IReadOnlyList<bool> truth)
    {
        truth.Count.ShouldBe(Pixels.Count);
        int both = 0, either = 0;
        for (var i = 0; i < truth.Count; i++)
        {
            both += truth[i] && Pixels[i] ? 1 : 0;
            either += truth[i] || Pixels[i] ? 1 : 0;
        }

        return (double)both / either;
    }
}
