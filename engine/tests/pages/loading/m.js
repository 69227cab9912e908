export const value = 42; print("dependency");
