module wasmpipes.example

go 1.24
