import { testAccidents } from './accidents.ts';

testAccidents('slow');
