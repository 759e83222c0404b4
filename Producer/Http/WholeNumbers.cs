using System.Globalization;
using System.Text.Json;

namespace Producer.Http;

/// <summary>Whole numbers of more than 64 bits in JSON, which sets no bound to digits.</summary>
internal static class WholeNumbers
{
    public static void WriteWhole(this Utf8JsonWriter json, Int128 number)
    {
        if (number >= long.MinValue && number <= long.MaxValue)
        {
            json.WriteNumberValue((long)number);
        }
        else
        {
            json.WriteRawValue(number.ToString(CultureInfo.InvariantCulture), skipInputValidation: true);
        }
    }
}
