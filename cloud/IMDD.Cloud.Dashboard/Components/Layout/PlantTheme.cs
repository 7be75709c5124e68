using MudBlazor;

namespace IMDD.Cloud.Dashboard.Components.Layout;

/// <summary>Colours of MudBlazor's parts; the page's own are in dashboard.css, from the same two palettes.</summary>
internal static class PlantTheme
{
    private static readonly string[] Fonts = ["Inter", "system-ui", "sans-serif"];

    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b5cad",
            Background = "#eef1f4",
            Surface = "#ffffff",
            TextPrimary = "#14202b",
            TextSecondary = "#4a5a68",
            ActionDefault = "#34444f",
            LinesDefault = "#d5dce2",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#6cb2f5",
            Background = "#0d1319",
            Surface = "#151d25",
            TextPrimary = "#e6edf3",
            TextSecondary = "#a3b2bf",
            ActionDefault = "#c4d0da",
            LinesDefault = "#2a3640",
        },
        Typography = new Typography { Default = new DefaultTypography { FontFamily = Fonts } },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px" },
    };
}
