// One function per test, called for every table that can run.
#ifndef TESTS_H
#define TESTS_H

#include "CTensorKernels.h"

void test_packing(const ctk_table *table);
void test_products(const ctk_table *table);
void test_extreme_products(const ctk_table *table);
void test_bad_products(const ctk_table *table);
void test_row_operations(const ctk_table *table);
void test_bad_row_operations(const ctk_table *table);
void test_scans(const ctk_table *table);
void test_attention(const ctk_table *table);
void test_training(const ctk_table *table);
void test_dense_products(const ctk_table *table);

#endif
