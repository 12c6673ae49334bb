using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace KubeMetrics.Pipeline.Analysis.Groups;

/// <summary>Names what computes: this build, on a machine like this one. What another one made may differ in a number's last digit.</summary>
internal static class ThisProgram
{
    internal static readonly string Name = string.Create(
        CultureInfo.InvariantCulture,
        $"{typeof(Statistics.Summarizer).Module.ModuleVersionId} {typeof(ThisProgram).Module.ModuleVersionId} {RuntimeInformation.RuntimeIdentifier} {Environment.Version} {Vector<double>.Count} {BitConverter.IsLittleEndian}");
}
