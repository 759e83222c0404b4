using System.Numerics;

namespace Contracts.Common;

/// <summary>
/// Estimates how many different hashes it was given, in 64 KiB, with a standard error of 1.04 / √65,536 = 0.41 %. Giving it a hash again
/// changes nothing, and two of them merge into the one that all hashes of both would have made.
/// </summary>
/// <remarks>
/// Registers as by Flajolet et al. (2007) for 64-bit hashes; the estimate is Ertl's "improved raw estimator" (2017, arXiv:1702.01284,
/// algorithm 6), which has no bias at any size and needs no table of corrections.
/// </remarks>
public sealed class HyperLogLog
{
    /// <summary>Bits of a hash that choose its register.</summary>
    public const int Precision = 16;

    /// <summary>Number of registers, of one byte each.</summary>
    public const int Registers = 1 << Precision;

    private const int MaxRank = 64 - Precision + 1;

    private readonly byte[] registers;

    /// <summary>An empty one.</summary>
    public HyperLogLog() => registers = new byte[Registers];

    private HyperLogLog(byte[] registers) => this.registers = registers;

    /// <summary>From stored registers; they are copied.</summary>
    /// <exception cref="ArgumentException">Not as many bytes as there are registers, or one that no hash can have made.</exception>
    public static HyperLogLog FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Registers && !bytes.ContainsAnyExceptInRange((byte)0, (byte)MaxRank)
            ? new HyperLogLog(bytes.ToArray())
            : throw new ArgumentException("These are not the registers of a sketch.", nameof(bytes));

    /// <summary>The registers, to be stored.</summary>
    public ReadOnlySpan<byte> Bytes => registers;

    /// <summary>Adds a hash, all of whose 64 bits are as good as random.</summary>
    public void Add(long hash)
    {
        var register = (int)((ulong)hash >> (64 - Precision));
        var rank = (byte)Math.Min(MaxRank, BitOperations.LeadingZeroCount((ulong)hash << Precision) + 1);
        if (registers[register] < rank)
        {
            registers[register] = rank;
        }
    }

    /// <summary>Adds all that another one was given.</summary>
    public void Merge(HyperLogLog other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < Registers; i++)
        {
            registers[i] = Math.Max(registers[i], other.registers[i]);
        }
    }

    /// <summary>The estimate.</summary>
    public long Estimate()
    {
        Span<int> counts = stackalloc int[MaxRank + 1];
        foreach (var rank in registers)
        {
            counts[rank]++;
        }

        var z = Registers * Tau(1 - (counts[MaxRank] / (double)Registers));
        for (var rank = MaxRank - 1; rank >= 1; rank--)
        {
            z = 0.5 * (z + counts[rank]);
        }

        z += Registers * Sigma(counts[0] / (double)Registers);
        return double.IsInfinity(z) ? 0 : (long)Math.Round((double)Registers * Registers / (2 * Math.Log(2) * z));
    }

    private static double Sigma(double x)
    {
        if (x >= 1)
        {
            return double.PositiveInfinity;
        }

        var (y, z, before) = (1.0, x, double.NaN);
        while (z != before)
        {
            x *= x;
            before = z;
            z += x * y;
            y += y;
        }

        return z;
    }

    private static double Tau(double x)
    {
        if (x is 0 or 1)
        {
            return 0;
        }

        var (y, z, before) = (1.0, 1 - x, double.NaN);
        while (z != before)
        {
            x = Math.Sqrt(x);
            before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        }

        return z / 3;
    }
}
