using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Contracts.Revenue;

/// <summary>An amount of money, exact: a whole number of billionths of a currency's unit. Sums of amounts are amounts, too.</summary>
/// <remarks>
/// Nine decimal places hold the minor units of every currency of ISO 4217 (four at most) and of most others (a bitcoin has eight). With up
/// to 15 digits before the point an event has 24 digits. 34 are exact in Decimal128, so that 10^10 of the largest events can be added up
/// in MongoDB, and 10^14 in SQLite, where sums have 128 bits.
/// </remarks>
/// <param name="Units">Billionths, of any sign.</param>
[JsonConverter(typeof(AmountConverter))]
[StructLayout(LayoutKind.Auto)]
public readonly record struct Amount(Int128 Units)
{
    /// <summary>Number of decimal places.</summary>
    public const int Scale = 9;

    /// <summary>Maximum number of digits before the point, of one event.</summary>
    public const int MaxWholeDigits = 15;

    private const long UnitsOfOne = 1_000_000_000;
    private const int MaxDigits = MaxWholeDigits + Scale;
    private const string NotANumber = "must be a decimal number";
    private const string TooLong = "must have at most 15 digits before the point and 9 after it";

    private static readonly Int128 Bound = PowerOfTen(MaxDigits);

    /// <summary>Whether one event may have this amount, or its negative.</summary>
    public bool IsWithinBounds => Units > -Bound && Units < Bound;

    /// <summary>A whole number of a currency's unit.</summary>
    public static Amount Of(long whole) => new((Int128)whole * UnitsOfOne);

    /// <summary>Adds two amounts of one currency.</summary>
    public static Amount operator +(Amount a, Amount b) => new(a.Units + b.Units);

    /// <summary>Subtracts an amount of one currency from another.</summary>
    public static Amount operator -(Amount a, Amount b) => new(a.Units - b.Units);

    /// <summary>The same amount in the other direction.</summary>
    public static Amount operator -(Amount amount) => new(-amount.Units);

    /// <summary>Reads a decimal number, as JSON writes it: 12, -0.5, 1.50, 2e3. Nothing is rounded.</summary>
    /// <param name="text">Without spaces around it.</param>
    /// <param name="amount">The amount; nothing if something is wrong.</param>
    /// <returns>What is wrong, to be put behind a field's name; null for nothing.</returns>
    public static string? Read(ReadOnlySpan<char> text, out Amount amount)
    {
        amount = default;
        var isNegative = !text.IsEmpty && text[0] == '-';
        var rest = isNegative ? text[1..] : text;
        var end = rest.IndexOfAny('e', 'E');
        var exponent = 0L;
        if (end >= 0)
        {
            // Of an exponent that does not fit into 64 bits nothing but zero could be told.
            if (!IsExponent(rest[(end + 1)..])
                || !long.TryParse(rest[(end + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            {
                return NotANumber;
            }

            rest = rest[..end];
        }

        var point = rest.IndexOf('.');
        var whole = point < 0 ? rest : rest[..point];
        var fraction = point < 0 ? [] : rest[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty)
            || whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9'))
        {
            return NotANumber;
        }

        return Compose(whole, fraction, exponent, isNegative, out amount);
    }

    /// <summary>The shortest way of writing it, without an exponent: 12, -0.5, 1.5.</summary>
    public override string ToString()
    {
        var (whole, fraction) = Int128.DivRem(Int128.Abs(Units), UnitsOfOne);
        var sign = Units < 0 ? "-" : string.Empty;
        return fraction == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{sign}{whole}")
            : string.Create(CultureInfo.InvariantCulture, $"{sign}{whole}.{(long)fraction:D9}").TrimEnd('0');
    }

    private static bool IsExponent(ReadOnlySpan<char> text)
    {
        var digits = !text.IsEmpty && text[0] is '+' or '-' ? text[1..] : text;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange('0', '9');
    }

    private static string? Compose(
        ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, long exponent, bool isNegative, out Amount amount)
    {
        // Zeros at both ends say nothing but where the point is.
        amount = default;
        var (digits, last) = (0, 0);
        var units = Int128.Zero;
        for (var i = 0; i < whole.Length + fraction.Length; i++)
        {
            var digit = (i < whole.Length ? whole[i] : fraction[i - whole.Length]) - '0';
            if (digit == 0)
            {
                continue;
            }

            var added = digits == 0 ? 1 : i + 1 - last;
            digits += added;
            if (digits > MaxDigits)
            {
                return TooLong;
            }

            (units, last) = ((units * PowerOfTen(added)) + digit, i + 1);
        }

        if (digits == 0)
        {
            return null;
        }

        // How many places the last digit is left of the last decimal place that there can be.
        var places = (Int128)whole.Length - last + exponent + Scale;
        if (places < 0 || places + digits > MaxDigits)
        {
            return TooLong;
        }

        units *= PowerOfTen((int)places);
        amount = new Amount(isNegative ? -units : units);
        return null;
    }

    private static Int128 PowerOfTen(int exponent)
    {
        var power = Int128.One;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }
}
