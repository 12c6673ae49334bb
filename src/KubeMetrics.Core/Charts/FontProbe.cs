namespace KubeMetrics.Charts;

/// <summary>A small picture with the characters that charts write, in the weights they write them: it tells whether there are fonts, and which.</summary>
internal static class FontProbe
{
    private const string Written = "AaBbEeGgMmQqWwZz 0123456789 .,:;()[]+−±·×…–→µμσ²%/_\"“”";

    internal static readonly Figure Figure = new()
    {
        Id = "probe",
        Title = "",
        Description = "",
        Width = 480,
        Height = 40,
        Draw = canvas =>
        {
            canvas.Text(2, 14, Written, new TextStyle(12));
            canvas.Text(2, 34, Written, new TextStyle(12, Bold: true));
        },
    };
}
