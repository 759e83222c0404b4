namespace Contracts.Revenue;

/// <summary>Something that changed a user's revenue.</summary>
/// <param name="EventId">Unique within the user: another event or adjustment with the same id is a repetition.</param>
/// <param name="Name">The event's name, such as add_revenue.</param>
/// <param name="Sign">What its name meant when it was accepted: a name that is registered anew leaves former events as they are.</param>
/// <param name="Value">0 or more.</param>
/// <param name="Currency">The value's currency, 1 to <see cref="MaxCurrencyLength"/> characters.</param>
/// <param name="At">When it occurred, in 100 ns since 1970.</param>
public sealed record RevenueEvent(string EventId, string Name, RevenueSign Sign, Amount Value, string Currency, long At)
{
    /// <summary>Maximum length of a currency's name: codes of ISO 4217 have three characters, others more.</summary>
    public const int MaxCurrencyLength = 12;

    /// <summary>How clients may name a currency.</summary>
    public const string CurrencyPattern = "^[A-Z0-9]{1,12}$";

    /// <summary>Maximum length of an event's name that clients may give.</summary>
    public const int MaxNameLength = 100;

    /// <summary>Maximum length of a user's id that clients may give.</summary>
    public const int MaxUserLength = 255;

    /// <summary>Maximum length of an adjustment's reason that clients may give.</summary>
    public const int MaxReasonLength = 1_000;

    /// <summary>What it adds to the balance.</summary>
    public Amount ToEffect() => Sign == RevenueSign.Subtract ? -Value : Value;
}
