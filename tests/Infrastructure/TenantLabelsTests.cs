using System.Globalization;
using Contracts.Common;
using Infrastructure.Hosting;

namespace Tests.Infrastructure;

/// <summary>Tenants in metrics: a bounded number of labels, whoever comes.</summary>
public sealed class TenantLabelsTests
{
    private readonly TenantLabels labels = new();

    [Test]
    public void The_first_tenants_have_labels_of_their_own_and_all_others_one_together()
    {
        var all = Enumerable.Range(0, 10_000).Select(i => LabelOf(i)).ToList();

        Assert.That(all.Distinct().Count(), Is.EqualTo(TenantLabels.MaxTenants), "with default, which has one in any case");
        Assert.That(all.Take(TenantLabels.MaxTenants - 1), Is.Unique.And.None.EqualTo(TenantLabels.Other));
        Assert.That(all.Skip(TenantLabels.MaxTenants - 1), Is.All.EqualTo(TenantLabels.Other));
        Assert.That(labels.Of(Tenant.Default).Value, Is.EqualTo(Tenant.Default));
        Assert.That(Enumerable.Range(0, 200).Select(i => LabelOf(i)), Is.EqualTo(all.Take(200)), "each stays what it was");
    }

    [Test]
    public async Task So_it_is_when_they_come_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 5_000).Select(LabelOf).ToList())));

        Assert.That(Enumerable.Range(0, 5_000).Select(LabelOf).Distinct().Count(), Is.EqualTo(TenantLabels.MaxTenants));
    }

    [Test]
    public void No_tenant_is_called_like_the_rest() => Assert.That(TenantLabels.Other, Does.Not.Match(Tenant.Pattern));

    private string LabelOf(int number) => (string)labels.Of($"t-{number.ToString(CultureInfo.InvariantCulture)}").Value!;
}
