using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KubeMetrics.Pipeline.Tests.Functions;

/// <summary>
/// One function as it stands in the source of the function app, which does not restore from every package feed: so that it
/// is read, and not run.
/// </summary>
/// <param name="Name">Its name, as the host knows it.</param>
/// <param name="Method">The method that it is.</param>
/// <param name="Body">What the method does.</param>
/// <param name="Trigger">The attribute of what starts it.</param>
/// <param name="Texts">The texts in that attribute: methods, or a schedule.</param>
/// <param name="Level">Of HTTP: who may call.</param>
/// <param name="Route">Of HTTP: the path.</param>
internal sealed record FunctionSource(string Name, string Method, string Body, string Trigger, IReadOnlyList<string> Texts, string? Level, string? Route)
{
    public bool IsHttp => Trigger == "HttpTrigger";

    /// <summary>All functions of all files.</summary>
    public static IReadOnlyList<FunctionSource> All { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Folder, "src", "KubeMetrics.Functions"), "*.cs").Order(StringComparer.Ordinal).SelectMany(file => Of(File.ReadAllText(file)))];

    /// <summary>The functions in a text.</summary>
    public static IEnumerable<FunctionSource> Of(string source)
    {
        foreach (var method in CSharpSyntaxTree.ParseText(source).GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>())
        {
            if (Find(method.AttributeLists, name => name == "Function") is not { } function) continue;
            var trigger = method.ParameterList.Parameters.Select(parameter => Find(parameter.AttributeLists, name => name.EndsWith("Trigger", StringComparison.Ordinal))).Single(one => one is not null)!;
            var arguments = trigger.ArgumentList?.Arguments ?? [];
            yield return new FunctionSource(
                Text(function.ArgumentList!.Arguments.Single().Expression)!,
                method.Identifier.Text,
                method.ExpressionBody?.Expression.ToString() ?? method.Body!.ToString(),
                trigger.Name.ToString(),
                [.. arguments.Where(argument => argument.NameEquals is null).Select(argument => Text(argument.Expression)).OfType<string>()],
                arguments.Select(argument => argument.Expression).OfType<MemberAccessExpressionSyntax>().FirstOrDefault(access => access.Expression.ToString() == "AuthorizationLevel")?.Name.Identifier.Text,
                arguments.Where(argument => argument.NameEquals?.Name.Identifier.Text == "Route").Select(argument => Text(argument.Expression)).SingleOrDefault());
        }
    }

    private static AttributeSyntax? Find(IEnumerable<AttributeListSyntax> lists, Func<string, bool> name) => lists.SelectMany(list => list.Attributes).SingleOrDefault(one => name(one.Name.ToString()));

    /// <summary>A text, or a name as <c>nameof</c> gives it.</summary>
    private static string? Text(ExpressionSyntax expression) => expression switch
    {
        LiteralExpressionSyntax literal => literal.Token.ValueText,
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } } named => named.ArgumentList.Arguments.Single().ToString(),
        _ => null,
    };
}
