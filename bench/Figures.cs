using System.Globalization;

namespace Bench;

/// <summary>Prints figures, one a line.</summary>
internal static class Figures
{
    public static void Rate(string what, int count, TimeSpan time) =>
        Print(what, $"{count / time.TotalSeconds:N0}/s ({count:N0} in {time.TotalSeconds:N2} s)");

    /// <summary>Rounds of a figure, each paired with its ceiling: a shared machine is fast in one minute and slow in the next.</summary>
    public static void Beside(string what, string ceiling, IReadOnlyList<(double Rate, double Ceiling)> rounds)
    {
        var shares = rounds.Select(round => round.Rate / round.Ceiling).Order().ToArray();
        Rounds(what, "/s", rounds.Select(round => round.Rate));
        Print($"  beside {ceiling}", $"{At(shares, 0.5):N2} ({shares[0]:N2} to {shares[^1]:N2}) "
            + $"of {At([.. rounds.Select(round => round.Ceiling).Order()], 0.5):N0}/s");
    }

    /// <summary>Repeated measurements of one figure.</summary>
    /// <returns>The median.</returns>
    public static double Rounds(string what, string unit, IEnumerable<double> rounds)
    {
        var sorted = rounds.Order().ToArray();
        Print(what, $"{At(sorted, 0.5):N0}{unit} ({sorted[0]:N0} to {sorted[^1]:N0} in {sorted.Length} rounds)");
        return At(sorted, 0.5);
    }

    /// <summary>Ratios, one per round: how many times as many.</summary>
    public static void Times(string what, IEnumerable<double> rounds)
    {
        var sorted = rounds.Order().ToArray();
        Print(what, string.Create(
            CultureInfo.InvariantCulture,
            $"{At(sorted, 0.5):N2} times as many ({sorted[0]:N2} to {sorted[^1]:N2} in {sorted.Length} rounds)"));
    }

    public static void Lateness(string what, double[] sorted) => Print(
        what,
        $"p50 {At(sorted, 0.5):N2} ms, p99 {At(sorted, 0.99):N2} ms, max {sorted[^1]:N2} ms, min {sorted[0]:N3} ms ({sorted.Length:N0})");

    public static void Print(string what, string figure) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-40} {figure}"));

    /// <summary>A quantile: the value that has this share of the sorted values below it.</summary>
    public static double At(double[] sorted, double share) => sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * share)];
}
