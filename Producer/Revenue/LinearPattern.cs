using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;
using Json.Schema.Keywords;

namespace Producer.Revenue;

/// <summary>
/// The keyword <c>pattern</c> with expressions that are matched in linear time: schemas come from clients, and one that backtracks could
/// keep a processor busy for years (CWE-1333).
/// </summary>
internal sealed class LinearPattern : IKeywordHandler
{
    string IKeywordHandler.Name => "pattern";

    object? IKeywordHandler.ValidateKeywordValue(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw new JsonSchemaException("'pattern' must be a string");
        }

        try
        {
            return new Regex(value.GetString()!, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw new JsonSchemaException($"'pattern' cannot be used: {error.Message}", error);
        }
    }

    void IKeywordHandler.BuildSubschemas(KeywordData keyword, BuildContext context)
    {
        // It has none.
    }

    KeywordEvaluation IKeywordHandler.Evaluate(KeywordData keyword, EvaluationContext context) =>
        PatternKeyword.Instance.Evaluate(keyword, context);
}
