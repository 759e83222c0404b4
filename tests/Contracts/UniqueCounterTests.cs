using System.Security.Cryptography;
using Contracts.Common;

namespace Tests.Contracts;

/// <summary>Counting different hashes: exact up to 100,000, within the stated error beyond.</summary>
public sealed class UniqueCounterTests
{
    [Test]
    public void It_is_exact_up_to_a_hundred_thousand_whatever_is_repeated()
    {
        var unique = new UniqueCounter();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < UniqueCounter.MaxExact; i++)
            {
                unique.Add(Hash(0, i));
            }
        }

        Assert.That((unique.IsExact, unique.Count), Is.EqualTo((true, 100_000L)));
        unique.Add(Hash(0, UniqueCounter.MaxExact));
        Assert.That((unique.IsExact, unique.Count), Is.EqualTo((false, unique.Count)));
        Assert.That(unique.Count, Is.InRange(98_500, 101_500));
    }

    [TestCase(100_001)]
    [TestCase(160_000)]
    [TestCase(250_000)]
    [TestCase(1_000_000)]
    public void The_standard_error_of_the_sketch_is_at_most_half_a_percent_and_there_is_no_bias(int size)
    {
        const int Rounds = 40;
        var errors = Enumerable.Range(0, Rounds).AsParallel().WithDegreeOfParallelism(2).Select(round =>
        {
            var (sketch, random) = (new HyperLogLog(), new Random((round * 7_919) + size));
            for (var i = 0; i < size; i++)
            {
                sketch.Add(random.NextInt64(long.MinValue, long.MaxValue));
            }

            return (sketch.Estimate() - size) / (double)size;
        }).ToList();

        // The estimate of a standard deviation from 40 rounds has itself an error of about a ninth.
        Assert.That(Math.Sqrt(errors.Sum(error => error * error) / Rounds), Is.LessThan(0.005 * 1.2));
        Assert.That(Math.Abs(errors.Average()), Is.LessThan(3 * 0.0041 / Math.Sqrt(Rounds)));
    }

    [Test]
    public void Sketches_merge_into_the_one_that_all_hashes_would_have_made_and_are_read_as_they_were_stored()
    {
        var (a, b, both) = (new HyperLogLog(), new HyperLogLog(), new HyperLogLog());
        for (var i = 0; i < 200_000; i++)
        {
            (i % 3 == 0 ? a : b).Add(Hash(1, i));
            both.Add(Hash(1, i));
        }

        a.Merge(HyperLogLog.FromBytes(b.Bytes));

        Assert.That(a.Bytes.SequenceEqual(both.Bytes), Is.True);
        Assert.That(new HyperLogLog().Estimate(), Is.Zero);
        Assert.That(() => HyperLogLog.FromBytes(new byte[5]), Throws.ArgumentException);
        var wrong = new byte[HyperLogLog.Registers];
        wrong[0] = 50;
        Assert.That(() => HyperLogLog.FromBytes(wrong), Throws.ArgumentException);
    }

    [Test]
    public void A_few_in_a_sketch_are_counted_nearly_exactly_and_a_sketch_ends_exactness()
    {
        var (unique, sketch) = (new UniqueCounter(), new HyperLogLog());
        for (var i = 0; i < 100; i++)
        {
            unique.Add(Hash(2, i));
            sketch.Add(Hash(2, i + 50));
        }

        unique.Add(sketch);

        Assert.That(unique.IsExact, Is.False);
        Assert.That(unique.Count, Is.EqualTo(150).Within(1));
    }

    private static long Hash(int salt, int number) =>
        BitConverter.ToInt64(SHA256.HashData(BitConverter.GetBytes(((long)salt << 32) + number)));
}
