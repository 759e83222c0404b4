namespace Contracts.Revenue;

/// <summary>What an event does to its user's balance. The numbers are those of messages and stores.</summary>
public enum RevenueSign
{
    /// <summary>Adds its value.</summary>
    Add = 0,

    /// <summary>Subtracts it.</summary>
    Subtract = 1,
}
