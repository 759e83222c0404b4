using Consumer.Events;
using Contracts.Messaging;
using Contracts.Revenue;
using Infrastructure;
using Infrastructure.Revenue;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Consumer.Revenue;

/// <summary>Stores events, adjustments, and erasures of users.</summary>
internal sealed class RevenueSlice : Slice
{
    public override void AddTo(EngineBuilder engines)
    {
        if (engines.TryAddRevenue())
        {
            engines.Services.TryAddSingleton<DeadLetterErasure>();
            engines.Services.AddSingleton<BalanceNews>();
            engines.Services.AddSingleton<IBatchHandler<RevenueReceived>, StoreRevenueHandler>();
            engines.Services.AddSingleton<IBatchHandler<RevenueAdjusted>, AdjustRevenueHandler>();
            engines.Services.AddSingleton<IBatchHandler<RevenueUserErased>, EraseUsersHandler>();
        }
    }
}
