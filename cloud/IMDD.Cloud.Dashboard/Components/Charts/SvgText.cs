using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace IMDD.Cloud.Dashboard.Components.Charts;

/// <summary>An SVG <c>text</c> element, whose name Razor keeps for itself.</summary>
public sealed class SvgText : ComponentBase
{
    [Parameter]
    [EditorRequired]
    public double X { get; set; }

    [Parameter]
    [EditorRequired]
    public double Y { get; set; }

    /// <summary><c>start</c>, <c>middle</c> or <c>end</c>.</summary>
    [Parameter]
    public string Anchor { get; set; } = "start";

    [Parameter]
    [EditorRequired]
    public string Text { get; set; } = "";

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "class", "tick");
        builder.AddAttribute(2, "x", X.ToString("0.##", CultureInfo.InvariantCulture));
        builder.AddAttribute(3, "y", Y.ToString("0.##", CultureInfo.InvariantCulture));
        builder.AddAttribute(4, "text-anchor", Anchor);
        builder.AddAttribute(5, "dominant-baseline", "middle");
        builder.AddContent(6, Text);
        builder.CloseElement();
    }
}
