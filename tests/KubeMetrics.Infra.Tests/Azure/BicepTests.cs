namespace KubeMetrics.Infra.Tests.Azure;

/// <summary>infra/azure through the real compiler and its linter: nothing is found, and something would be.</summary>
public sealed class BicepTests : IDisposable
{
    private readonly Bicep _bicep = new();

    public void Dispose() => _bicep.Dispose();

    [Fact]
    public async Task Every_file_compiles_with_no_error_and_no_warning()
    {
        Assert.Contains("main.bicep", Bicep.Files);
        var (exitCode, found) = await _bicep.BuildAsync();
        Assert.Equal((0, ""), (exitCode, found.Trim()));
    }

    [Fact]
    public async Task Every_file_is_laid_out_as_bicep_does_it()
    {
        var before = Bicep.Files.ToDictionary(file => file, _bicep.Read);
        await _bicep.FormatAsync();
        Assert.All(Bicep.Files, file => Assert.Equal(_bicep.Read(file), before[file]));
    }

    // The codes: https://learn.microsoft.com/azure/azure-resource-manager/bicep/diagnostics/
    [Theory]
    [InlineData("httpsOnly: true", "httpsOnly: true\n    htpsOnly: true", "BCP037")] // a property that Azure has not
    [InlineData("'Microsoft.Web/sites@2024-11-01'", "'Microsoft.Web/sites@2024-11-02'", "BCP081")] // a version that there is not
    [InlineData("instanceMemoryMB: memory", "instanceMemoryMB: '4096'", "BCP036")] // a text for a number
    [InlineData("param identityId string", "param identityId string\nparam nobodys string", "no-unused-params")]
    public async Task What_is_broken_is_found(string text, string broken, string code)
    {
        Assert.Contains(text, _bicep.Read("app.bicep"));
        _bicep.Write("app.bicep", _bicep.Read("app.bicep").Replace(text, broken));
        Assert.Contains(code, (await _bicep.BuildAsync()).Found);
    }

    [Fact]
    public async Task What_the_linter_finds_is_an_error()
    {
        _bicep.Write("leaks.bicep", "@secure()\nparam key string\noutput told string = key\n");
        var (exitCode, found) = await _bicep.BuildAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("Error outputs-should-not-contain-secrets", found);
    }
}
