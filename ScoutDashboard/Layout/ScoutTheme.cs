using MudBlazor;

namespace ScoutDashboard.Layout;

/// <summary>The look: one accent, neutral greys, system font; app.css holds the same colours for what is drawn before the connection is up.</summary>
public static class ScoutTheme
{
    private static readonly string[] SystemFont = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"];

    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0f6cbd", PrimaryContrastText = "#ffffff", Secondary = "#475467", Tertiary = "#475467",
            Info = "#0f6cbd", Success = "#13713b", Warning = "#8a5300", Error = "#b3261e",
            Background = "#f7f8fa", BackgroundGray = "#eef0f3", Surface = "#ffffff",
            TextPrimary = "#1b1f24", TextSecondary = "#59626d", TextDisabled = "#8b939c",
            ActionDefault = "#59626d", ActionDisabled = "#a5acb4", ActionDisabledBackground = "#e6e9ed",
            AppbarBackground = "#ffffff", AppbarText = "#1b1f24",
            DrawerBackground = "#ffffff", DrawerText = "#3a424c", DrawerIcon = "#59626d",
            LinesDefault = "#e1e5ea", LinesInputs = "#8b939c", TableLines = "#e9ecf0", TableHover = "#f1f5fa", TableStriped = "#f7f8fa",
            Divider = "#e1e5ea", DividerLight = "#eef0f3", Skeleton = "#e6e9ed", Dark = "#2b323a",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#62abf5", PrimaryContrastText = "#0b1622", Secondary = "#a5b0bd", Tertiary = "#a5b0bd",
            Info = "#62abf5", Success = "#5fca8a", Warning = "#f0b45a", Error = "#ff8a80",
            Background = "#12161b", BackgroundGray = "#171c22", Surface = "#1a2027",
            TextPrimary = "#e6eaee", TextSecondary = "#a3adb8", TextDisabled = "#6f7984",
            ActionDefault = "#a3adb8", ActionDisabled = "#5a646f", ActionDisabledBackground = "#262e37",
            AppbarBackground = "#1a2027", AppbarText = "#e6eaee",
            DrawerBackground = "#1a2027", DrawerText = "#c8d0d8", DrawerIcon = "#a3adb8",
            LinesDefault = "#2b343e", LinesInputs = "#6f7984", TableLines = "#262e37", TableHover = "#202832", TableStriped = "#1d242b",
            Divider = "#2b343e", DividerLight = "#232b33", Skeleton = "#262e37", Dark = "#2b343e", Black = "#0b0e12",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = SystemFont, FontSize = "14px", LineHeight = "1.5", LetterSpacing = "normal" },
            H4 = new H4Typography { FontSize = "24px", FontWeight = "600", LineHeight = "1.3", LetterSpacing = "normal" },
            H5 = new H5Typography { FontSize = "20px", FontWeight = "600", LineHeight = "1.3", LetterSpacing = "normal" },
            H6 = new H6Typography { FontSize = "16px", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "normal" },
            Subtitle1 = new Subtitle1Typography { FontSize = "15px", FontWeight = "600", LetterSpacing = "normal" },
            Subtitle2 = new Subtitle2Typography { FontSize = "14px", FontWeight = "600", LetterSpacing = "normal" },
            Body1 = new Body1Typography { FontSize = "14px", LineHeight = "1.5", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontSize = "13px", LineHeight = "1.5", LetterSpacing = "normal" },
            Caption = new CaptionTypography { FontSize = "12px", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontSize = "14px", FontWeight = "600", LetterSpacing = "normal", TextTransform = "none" },
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px", DrawerWidthLeft = "232px", AppbarHeight = "52px" },
    };
}
