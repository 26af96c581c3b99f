using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using ScoutDashboard.Images;

namespace ScoutDashboard.Operations;

/// <summary>One key of our configuration sections: a property of an options class.</summary>
/// <param name="Key">Parted by colons, e.g. <c>Jobs:Workers</c>.</param>
/// <param name="Property">What it becomes.</param>
/// <param name="Default">What it is where nothing is configured.</param>
public sealed record SettingKey(string Key, PropertyInfo Property, object? Default)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    // Timers take no more than 49 days.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    /// <summary>Whether it is a list, each of whose items is a text.</summary>
    public bool IsList { get; } = Property.PropertyType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);

    /// <summary>What is wrong with a value, as a sentence that does not repeat it: it may hold a secret. Null where nothing is.</summary>
    public string? FaultOf(string value) => IsList
        ? ListText.Split([value]).Select(RuleFaultOf).FirstOrDefault(fault => fault is not null)
        : TypeFaultOf(value) ?? RuleFaultOf(value);

    private string? TypeFaultOf(string value)
    {
        var type = Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;
        if (type == typeof(Uri))
        {
            return Uri.TryCreate(value, UriKind.Absolute, out _) ? null : "must be an absolute address, e.g. https://mirror.example.com/file.";
        }

        if (type == typeof(KeepTime))
        {
            return KeepTime.TryParse(value, out _) ? null : $"must be {KeepTime.Never}, or a time as [days.]hours:minutes:seconds, from 00:00:01 to {KeepTime.Longest.TotalDays}.00:00:00.";
        }

        return type == typeof(string) || TypeDescriptor.GetConverter(type) is var converter && converter.IsValid(value) && converter.ConvertFromInvariantString(value) is { } read && IsInRange(read)
            ? null : $"must be {Expected(type)}.";
    }

    private string? RuleFaultOf(string value) => Property.GetCustomAttributes<CustomValidationAttribute>()
        .Select(rule => rule.GetValidationResult(value, new ValidationContext(value))?.ErrorMessage).FirstOrDefault(fault => fault is not null);

    private bool IsInRange(object value) => value switch
    {
        _ when Property.GetCustomAttribute<RangeAttribute>() is { } range => range.IsValid(value),
        int number => number >= 0,
        long number => number >= 0,
        TimeSpan time => time >= Shortest && time <= Longest,
        _ => true,
    };

    private string Expected(Type type) =>
        Property.GetCustomAttribute<RangeAttribute>() is { } range ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {range.Minimum} to {range.Maximum}")
        : type == typeof(int) || type == typeof(long) ? $"a whole number from 0 to {(type == typeof(int) ? int.MaxValue : long.MaxValue)}"
        : type == typeof(TimeSpan) ? "a time as [days.]hours:minutes:seconds, from 00:00:01 to 40.00:00:00"
        : type == typeof(bool) ? "true or false"
        : $"one of {string.Join(", ", Enum.GetNames(type))}";
}
