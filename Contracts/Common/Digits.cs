namespace Contracts.Common;

/// <summary>Takes fixed numbers of digits from the beginning of a text.</summary>
internal static class Digits
{
    public static bool TakePart(ref ReadOnlySpan<char> rest, char? separator, out int number) =>
        TakePart(ref rest, separator, 2, out number);

    public static bool TakePart(ref ReadOnlySpan<char> rest, char? separator, int digits, out int number)
    {
        number = 0;
        if (separator is { } expected)
        {
            if (rest.IsEmpty || rest[0] != expected)
            {
                return false;
            }

            rest = rest[1..];
        }

        return TryTake(ref rest, digits, out number);
    }

    public static bool TryTake(ref ReadOnlySpan<char> rest, int digits, out int number)
    {
        number = 0;
        if (rest.Length < digits)
        {
            return false;
        }

        foreach (var digit in rest[..digits])
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        rest = rest[digits..];
        return true;
    }
}
