namespace Promethean.Vectors;

/// <summary>What a metadata value is.</summary>
public enum VectorValueKind
{
    /// <summary>No value: the default of <see cref="VectorValue"/>, which no metadata may hold.</summary>
    None = 0,

    /// <summary>A text.</summary>
    Text = 1,

    /// <summary>A whole number of 64 bits.</summary>
    WholeNumber = 2,

    /// <summary>A finite floating-point number.</summary>
    Number = 3,

    /// <summary>True or false.</summary>
    Boolean = 4,

    /// <summary>Texts.</summary>
    TextArray = 5,

    /// <summary>Whole numbers.</summary>
    WholeNumberArray = 6,

    /// <summary>Floating-point numbers.</summary>
    NumberArray = 7,

    /// <summary>Truth values.</summary>
    BooleanArray = 8,
}
