using System.Text.Json;
using Contracts.Revenue;
using Contracts.Storage;
using Infrastructure.Revenue;
using Microsoft.Extensions.Options;
using Producer.Events;
using Producer.Http;

namespace Producer.Revenue;

/// <summary>The rules for single fields.</summary>
internal static class RevenueRules
{
    /// <summary>Maximum length of an amount's text: sign, digits, point, and some zeros.</summary>
    public const int MaxAmountLength = 100;

    public static string? UserProblem(string? user) => EventRules.PathProblem(user, RevenueEvent.MaxUserLength);

    public static string? NameProblem(string? name) => EventRules.PathProblem(name, RevenueEvent.MaxNameLength);

    public static string? CurrencyProblem(string? currency) =>
        currency is null || (currency.Length is > 0 and <= RevenueEvent.MaxCurrencyLength
            && currency.All(each => char.IsAsciiLetterUpper(each) || char.IsAsciiDigit(each)))
            ? null : "must have 1 to 12 of the characters A–Z and 0–9, such as EUR";

    public static string? ValueProblem(Amount? value) =>
        value is not { } amount ? "is required" : amount.Units < 0 ? "must not be below 0" : null;

    /// <summary>Why an entry cannot have an instant; null if it can. Without one it is now.</summary>
    public static string? TimestampProblem(DateTimeOffset? at, IStoreClock clock, IOptions<RevenueOptions> options) =>
        at is { } instant ? EventRules.InstantProblem(instant, clock.Latest, options.Value.Retention) : null;

    /// <summary>Reads an amount: a JSON number as it is written, or a text with one, so that nothing becomes a binary float.</summary>
    public static Amount? ReadAmount(JsonElement value, string field, FieldErrors errors)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => Http.Read.Text(value, field, errors),
            _ => string.Empty,
        };
        if (text is null)
        {
            return null;
        }

        if (text.Length > MaxAmountLength)
        {
            errors.Add(field, $"must not be longer than {MaxAmountLength} characters");
            return null;
        }

        if (Amount.Read(text, out var amount) is not { } problem)
        {
            return amount;
        }

        errors.Add(field, problem);
        return null;
    }
}
